import { main } from '#service';
import { brokerDefinition } from './broker.definition.js';

await main(brokerDefinition);
