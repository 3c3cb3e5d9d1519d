import { createHash } from 'node:crypto';

/** Who is signed in, as the issuer said then. */
export interface Person {
  /** Of the issuer; `local`: a one-time link. */
  readonly issuer: string;
  readonly subject: string;
  /** The same for all accounts of the person. */
  readonly personId: string;
  readonly name: string;
  readonly groups: readonly string[];
  /** How they proved who they are, by the words of RFC 8176. */
  readonly amr: readonly string[];
  /** When, in milliseconds since 1970; `null`: the issuer did not say. */
  readonly authTime: number | null;
}

export const LOCAL_ISSUER = 'local';

/** What the apps call somebody: who signs people in stands in front, so that no two are alike. */
export const subjectOf = ({ issuer, subject }: Pick<Person, 'issuer' | 'subject'>): string =>
  `${issuer === LOCAL_ISSUER ? 'local' : 'oidc'}:${subject}`;

export const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

export const personSha256 = ({ issuer, subject }: Pick<Person, 'issuer' | 'subject'>): string =>
  sha256(JSON.stringify([issuer, subject]));
