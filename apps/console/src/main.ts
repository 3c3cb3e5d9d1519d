// Before anything else is loaded.
import '#process';

const { main } = await import('#service');
const { consoleDefinition } = await import('./console.definition.js');
await main(consoleDefinition);
