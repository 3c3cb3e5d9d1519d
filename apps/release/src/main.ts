// Before anything else is loaded.
import '#process';

const { main } = await import('#service');
const { releaseService } = await import('./release.definition.js');
await main(releaseService);
