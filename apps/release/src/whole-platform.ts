import { type Client, DomainError } from '#service';

/** What holds for every mini program may be changed only with a key that may act for every mini program. @throws DomainError `forbidden` */
export function requireWholePlatform(client: Client): void {
  if (client.authorizers !== undefined)
    throw new DomainError('forbidden', 'This key is restricted to some mini programs; this concerns all of them.');
}
