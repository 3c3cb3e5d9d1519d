import { main } from '#service';
import { releaseService } from './release.definition.js';

await main(releaseService);
