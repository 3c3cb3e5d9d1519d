// Before anything else is loaded.
import '#process';

const { main } = await import('#service');
const { brokerDefinition } = await import('./broker.definition.js');
await main(brokerDefinition);
