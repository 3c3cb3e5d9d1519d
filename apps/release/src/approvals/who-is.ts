import type { Caller } from '#service';

/** Who a caller is, for the question whether two callers are two: the person where that is known, otherwise the key. */
export function whoIs({ actor }: Pick<Caller, 'actor'>): string {
  return actor.personId ?? actor.id;
}

/** The person who asks for something or lets it go on; nobody, if it is a key or a workload: whose it is nothing says. */
export function personsIn(client: Pick<Caller, 'actor'>): string[] {
  return client.actor.kind === 'person' ? [whoIs(client)] : [];
}

/** All names of a caller that may stand in a list of makers. */
export function namesOf(client: Pick<Caller, 'clientId' | 'actor'>): string[] {
  return [...new Set([whoIs(client), client.clientId])];
}
