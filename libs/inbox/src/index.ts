export { type Effect, InboxConsumer, type InboxEvent } from './consume-once.js';
export { DirectEvents, type DirectEventsParts } from './direct-events.js';
export { InboxAccessModule } from './inbox-access.module.js';
export { type OwnEvent, OwnEvents } from './own-events.js';
export { PromptRetries, type PromptRetriesParts } from './prompt-retries.js';
