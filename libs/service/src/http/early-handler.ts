import type { IncomingMessage, ServerResponse } from 'node:http';

/** A look at a request before the framework: answers it and says true, or leaves it alone and says false. */
export type EarlyHandler = (request: IncomingMessage, response: ServerResponse) => boolean;
