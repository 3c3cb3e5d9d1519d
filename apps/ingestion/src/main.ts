import { main } from '#service';
import { ingestion } from './ingestion.js';

await main(ingestion);
