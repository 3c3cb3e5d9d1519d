import type { Caller } from '../identity/caller.js';

/** What is known of a request's caller before he is let in, and perhaps is not. */
interface Asked {
  client?: Caller;
  permission?: string;
}

const known = new WeakMap<object, Asked>();

/** @param asked who it is, as soon as that is proven; what the route wants */
export const note = (request: object, asked: Asked): void => void known.set(request, { ...known.get(request), ...asked });

export const askedBy = (request: object): Readonly<Asked> => known.get(request) ?? {};
