import type { Variables } from './ext-json.domain.js';

/** Stands for a value that nobody is shown; sent back, it keeps the stored one. */
export const HIDDEN = '***';

/** A value is found again by its characters, so that it can be hidden wherever it turns up: shorter ones turn up by chance. */
const SHORTEST = 6;

/** No placeholder can name it: names in them have no space in front. */
const MARKS = ' secret';

/** Variables, and which of them nobody is shown. */
export interface MarkedVariables {
  readonly variables: Variables;
  readonly secret: readonly string[];
}

interface Problem {
  readonly path: string;
  readonly message: string;
}

/** The value with every secret in its texts replaced, names of members included. */
export function hide<T>(value: T, secrets: readonly string[]): T {
  if (secrets.length === 0) return value;
  // In a JSON text it stands escaped. The longer ones first: a shorter one may be a part of them.
  const forms = [...new Set(secrets.flatMap((secret) => [secret, JSON.stringify(secret).slice(1, -1)]))];
  return replace(
    value,
    forms.sort((a, b) => b.length - a.length),
  ) as T;
}

function replace(value: unknown, forms: readonly string[]): unknown {
  if (typeof value === 'string') return forms.reduce((text, form) => text.replaceAll(form, HIDDEN), value);
  if (Array.isArray(value)) return value.map((item) => replace(item, forms));
  if (value === null || typeof value !== 'object' || Object.getPrototypeOf(value) !== Object.prototype) return value;
  return Object.fromEntries(Object.entries(value).map(([name, content]) => [replace(name, forms), replace(content, forms)]));
}

/** The texts that are to be hidden, of variables as they are filled in. */
export function secretTexts(variables: Variables, names: Iterable<string>): string[] {
  const texts = [...new Set(names)].map((name) => (Object.hasOwn(variables, name) ? variables[name] : undefined));
  return texts.filter((text): text is string => typeof text === 'string' && text.length >= SHORTEST);
}

/** Those of them that a document holds. */
export function occurringIn(document: unknown, secrets: readonly string[]): string[] {
  const text = JSON.stringify(document);
  return secrets.filter((secret) => text.includes(JSON.stringify(secret).slice(1, -1)));
}

/** As callers see them. */
export function shown({ variables, secret }: MarkedVariables): Record<string, unknown> {
  return Object.fromEntries(Object.entries(variables).map(([name, value]) => [name, secret.includes(name) ? HIDDEN : value]));
}

/**
 * What is written when somebody sends variables back. `***` keeps what is stored under a name that is and stays secret; anywhere else it is
 * refused, since nobody can tell what was meant.
 * @param secret absent: what is secret stays so
 */
export function sentBack(
  variables: Variables,
  secret: readonly string[] | undefined,
  stored: MarkedVariables,
): { readonly marked: MarkedVariables; readonly problems: readonly Problem[] } {
  const names = secret ?? stored.secret.filter((name) => Object.hasOwn(variables, name));
  const problems: Problem[] = [];
  if (Object.hasOwn(variables, MARKS)) problems.push({ path: 'variables', message: `must not have a member "${MARKS}"` });
  const kept = Object.fromEntries(
    Object.entries(variables).map(([name, value]) => {
      const [was, is] = [stored.secret.includes(name), names.includes(name)];
      if (value === HIDDEN && was && is) return [name, stored.variables[name]];
      if (value === HIDDEN && (was || is || stored.variables[name] !== HIDDEN)) problems.push(unclear(name, was));
      return [name, value];
    }),
  );
  problems.push(...markProblems(kept, names));
  return { marked: { variables: kept, secret: [...new Set(names)] }, problems };
}

/** What is wrong with variables that come with a request and are kept under no name. */
export function given(variables: Variables, secret: readonly string[]): Problem[] {
  const problems = markProblems(variables, secret);
  for (const name of secret)
    if (Object.hasOwn(variables, name) && variables[name] === HIDDEN) problems.push(unclear(name, false));
  return problems;
}

function unclear(name: string, wasSecret: boolean): Problem {
  const message = wasSecret
    ? `is ${HIDDEN}, and secret_variables no longer names it: send its value, which is shown from then on`
    : `is ${HIDDEN}, and no secret value is stored under this name here: send the value`;
  return { path: `variables.${name}`, message };
}

function markProblems(variables: Variables, names: readonly string[]): Problem[] {
  return names.flatMap((name) => {
    if (!Object.hasOwn(variables, name))
      return [{ path: 'secret_variables', message: `names "${name}", which is no variable here` }];
    const value = variables[name];
    if (value === HIDDEN || (typeof value === 'string' && value.length >= SHORTEST)) return [];
    return [{ path: `variables.${name}`, message: `must be a text of at least ${SHORTEST} characters to be secret` }];
  });
}

/** The marks stand within the text, so that they are sealed with it: whoever takes one away would be shown the value. */
export function toDocument({ variables, secret }: MarkedVariables): Record<string, unknown> {
  return secret.length === 0 ? { ...variables } : { ...variables, [MARKS]: secret };
}

export function fromDocument({ [MARKS]: secret, ...variables }: Readonly<Record<string, unknown>>): MarkedVariables {
  return { variables, secret: Array.isArray(secret) ? (secret as string[]) : [] };
}
