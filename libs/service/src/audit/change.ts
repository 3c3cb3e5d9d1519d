import { hash } from 'node:crypto';
import { redact } from '../log/redact.js';
import type { Change } from './entry.js';

/** Members that hold secrets, by their names. */
const SECRET = /(?:^|_)(?:secret|secrets|token|tokens|ticket|key|keys|password|sha256)$/i;
const HIDDEN = '***';
/** Of a difference; what is longer is told by its digest. */
const LONGEST = 8_000;

type Members = Readonly<Record<string, unknown>>;

/**
 * What a write changed, for its audit entry: digests of both states, and the members that differ. Secrets are in neither: of one that
 * changed it is said that it did.
 * @param before `undefined`: there was nothing
 * @param after `undefined`: it is gone
 * @param sealed members that the database holds as ciphertext: of these the names inside are told, and no value
 */
export function changeOf(before: object | undefined, after: object | undefined, sealed: readonly string[] = []): Change {
  const [former, now] = [shown(before, sealed), shown(after, sealed)];
  const names = [...new Set([...Object.keys(former ?? {}), ...Object.keys(now ?? {})])].sort();
  const differing = names.filter((name) => canonical((before as Members)?.[name]) !== canonical((after as Members)?.[name]));
  const difference = Object.fromEntries(differing.map((name) => [name, [former?.[name] ?? null, now?.[name] ?? null]]));
  const text = JSON.stringify(difference);
  return {
    beforeSha256: former && sha256(former),
    afterSha256: now && sha256(now),
    difference: text.length <= LONGEST ? text : JSON.stringify(digested(difference)),
  };
}

const sha256 = (members: Members) => hash('sha256', canonical(members), 'hex');

const digested = (difference: Readonly<Record<string, readonly unknown[]>>) =>
  Object.fromEntries(
    Object.entries(difference)
      .slice(0, 50)
      .map(([name, states]) => [name.slice(0, 64), states.map((state) => `sha256:${hash('sha256', canonical(state), 'hex')}`)]),
  );

function shown(state: object | undefined, sealed: readonly string[]): Members | undefined {
  if (!state) return undefined;
  const members = JSON.parse(JSON.stringify(state)) as Members;
  return Object.fromEntries(
    Object.entries(members).map(([name, member]) => [name, sealed.includes(name) ? namesOf(member) : hidden(name, member)]),
  );
}

/** The same shape without values. */
function namesOf(value: unknown): unknown {
  if (value === null) return null;
  if (typeof value !== 'object' || Array.isArray(value)) return HIDDEN;
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, namesOf(member)]));
}

function withoutSecrets(value: unknown): unknown {
  if (typeof value === 'string')
    return redact(value)
      .replace(/^(https?:\/\/[^?#]*)[?#].*$/s, `$1?${HIDDEN}`)
      .toWellFormed();
  if (Array.isArray(value)) return value.map(withoutSecrets);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, hidden(name, member)]));
}

const hidden = (name: string, member: unknown): unknown =>
  SECRET.test(name) && member !== null ? HIDDEN : withoutSecrets(member);

/** JSON with members by name, so that equal states have equal digests. */
const canonical = (value: unknown): string =>
  JSON.stringify(value, (_, member: unknown) =>
    typeof member === 'object' && member !== null && !Array.isArray(member)
      ? Object.fromEntries(Object.entries(member).sort(([a], [b]) => (a < b ? -1 : 1)))
      : member,
  ) ?? 'null';
