// Before anything else is loaded.
import '#process';

const { main } = await import('#service');
const { ingestion } = await import('./ingestion.js');
await main(ingestion);
