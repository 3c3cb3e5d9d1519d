// Before anything else is loaded.
import '#process';

const { main } = await import('#service');
const { releaseDefinition } = await import('./release.definition.js');
await main(releaseDefinition);
