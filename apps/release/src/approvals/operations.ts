import type { Permission } from '#service';
import type { ProtectedEffectId } from '#wechat';

// biome-ignore lint/suspicious/noExplicitAny: each handler knows its own arguments
type Handler = (...args: any[]) => unknown;

/** A handler that changes what users, or all merchants, can notice. Its first argument is the path's. */
export interface Operation {
  readonly name: string;
  readonly effect: ProtectedEffectId;
  /** The controller whose method it is. */
  readonly of: new (
    ...args: never[]
  ) => object;
  readonly run: Handler;
  /** What its route needs. */
  readonly permission: () => Permission;
  /** Absent: always, where the component wants two persons for this effect. */
  readonly needsTwo: ((this: object, ...args: never[]) => boolean | Promise<boolean>) | undefined;
}

const operations = new Map<string, Operation>();

/** @param named such as `DomainsController.domains` @throws Error when there is one of this name */
export function register(operation: Operation): void {
  if (operations.has(operation.name)) throw new Error(`two operations are called ${operation.name}`);
  operations.set(operation.name, operation);
}

export const operationNamed = (name: string): Operation | undefined => operations.get(name);
export const allOperations = (): Operation[] => [...operations.values()];
