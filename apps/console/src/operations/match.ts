import { OPERATIONS, type Operation, type OperationId } from './operations.js';

export interface MatchedOperation extends Operation {
  readonly id: OperationId;
}

/** A part of a path that names something: no dots that a server would take for "above", nothing encoded. */
const NAME = '([A-Za-z0-9_-]{1,64})';
const PATTERNS = Object.entries(OPERATIONS).map(([id, operation]) => ({
  operation: { ...operation, id: id as OperationId } as MatchedOperation,
  pattern: new RegExp(`^${operation.path.replace(/\{\w+\}/g, NAME)}$`),
}));

/**
 * The operation that a request asks for.
 * @param path as it was sent, without the query
 * @returns `undefined`: it is none that is forwarded
 */
export function matchOperation(app: string, method: string, path: string): MatchedOperation | undefined {
  return PATTERNS.find(({ operation, pattern }) => operation.app === app && operation.method === method && pattern.test(path))
    ?.operation;
}
