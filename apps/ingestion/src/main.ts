// Before anything else is loaded.
import '#process';

const { main } = await import('#service');
const { ingestionDefinition } = await import('./ingestion.definition.js');
await main(ingestionDefinition);
