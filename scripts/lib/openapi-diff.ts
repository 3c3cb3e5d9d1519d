import type { Content, Document, Operation, Schema } from './openapi-document.ts';

/** What goes to the app may only be taken more widely; what comes from it may only say more. */
type Direction = 'request' | 'response';

/**
 * What a program that was written for the former document meets and cannot know of.
 * @returns a line for each, such as `GET /v1/clients: answer 200 items[].name is gone`; empty: the present one serves it as well
 */
export function breakingChanges(former: Document, present: Document): string[] {
  const changes: string[] = [];
  for (const [path, item] of Object.entries(former.paths)) {
    for (const [method, operation] of Object.entries(item)) {
      const name = `${method.toUpperCase()} ${path}`;
      const now = present.paths[path]?.[method] ?? sameAddress(present, path)?.[method];
      if (now) changes.push(...new Comparison(former, present, name).operation(operation, now));
      else changes.push(`${name} is gone`);
    }
  }
  return changes;
}

/** The names of parameters in a path are no part of the address. */
function sameAddress(document: Document, path: string) {
  const plain = (text: string) => text.replace(/\{[^}]*\}/g, '{}');
  return Object.entries(document.paths).find(([other]) => plain(other) === plain(path))?.[1];
}

class Comparison {
  private readonly changes: string[] = [];
  private readonly seen = new Set<string>();
  private readonly former: Document;
  private readonly present: Document;
  private readonly name: string;

  constructor(former: Document, present: Document, name: string) {
    this.former = former;
    this.present = present;
    this.name = name;
  }

  operation(was: Operation, is: Operation): string[] {
    this.parameters(was, is);
    this.bodies(was.requestBody?.content, is.requestBody?.content);
    if (is.requestBody?.required && !was.requestBody?.required) this.say('a body is demanded');
    for (const [status, { content }] of Object.entries(was.responses)) {
      if (status === 'default') continue;
      const now = is.responses[status];
      if (!now) this.say(`answer ${status} is gone`);
      for (const [type, { schema }] of Object.entries(content ?? {})) {
        const other = now?.content?.[type];
        if (now && !other) this.say(`answer ${status} is no longer ${type}`);
        else if (schema && other?.schema) this.schema('response', `answer ${status}`, '', schema, other.schema);
      }
    }
    return this.changes;
  }

  private parameters(was: Operation, is: Operation): void {
    // Names in a path belong to the document alone.
    const query = (operation: Operation) => (operation.parameters ?? []).filter((parameter) => parameter.in !== 'path');
    for (const parameter of query(was)) {
      const now = query(is).find((other) => other.name === parameter.name && other.in === parameter.in);
      if (!now) this.say(`${parameter.in} parameter ${parameter.name} is gone`);
      else if (parameter.schema && now.schema)
        this.schema('request', `${parameter.in} parameter`, parameter.name, parameter.schema, now.schema);
    }
    for (const parameter of query(is)) {
      const before = query(was).find((other) => other.name === parameter.name && other.in === parameter.in);
      if (parameter.required && !before?.required) this.say(`${parameter.in} parameter ${parameter.name} is demanded`);
    }
  }

  private bodies(was: Content | undefined, is: Content | undefined): void {
    for (const [type, { schema }] of Object.entries(was ?? {})) {
      const now = is?.[type];
      if (!now) this.say(`a body of ${type} is no longer taken`);
      else if (schema && now.schema) this.schema('request', 'body', '', schema, now.schema);
    }
  }

  private schema(direction: Direction, where: string, at: string, former: Schema, present: Schema): void {
    const was = resolve(this.former, former);
    const is = resolve(this.present, present);
    // A schema that contains itself is compared once.
    const key = `${direction} ${former.$ref} ${present.$ref}`;
    if (former.$ref && present.$ref) {
      if (this.seen.has(key)) return;
      this.seen.add(key);
    }
    const say = (text: string, place = at) => this.say([where, place, text].filter(Boolean).join(' '));
    if (
      was.type &&
      is.type &&
      was.type !== is.type &&
      !(direction === 'request' && was.type === 'integer' && is.type === 'number')
    )
      return void say(`is ${is.type}, was ${was.type}`);
    // A new value in an answer is what a client has to expect of a list of states.
    const refused = direction === 'request' && is.enum ? (was.enum ?? []).filter((value) => !is.enum?.includes(value)) : [];
    if (refused.length > 0) say(`may no longer be ${refused.join(', ')}`);
    if (direction === 'request' && is.enum && !was.enum) say(`may only be ${is.enum.join(', ')}`);
    if (direction === 'request') this.bounds(say, was, is);
    else if (is.nullable && !was.nullable) say('may be null');
    for (const [name, member] of Object.entries(was.properties ?? {})) {
      const now = is.properties?.[name];
      const place = at ? `${at}.${name}` : name;
      if (now) this.schema(direction, where, place, member, now);
      else if (is.properties) say('is gone', place);
      if (direction === 'response' && now && was.required?.includes(name) && !is.required?.includes(name))
        say('may be absent', place);
    }
    if (direction === 'request')
      for (const name of is.required ?? []) if (!was.required?.includes(name)) say('is demanded', at ? `${at}.${name}` : name);
    if (was.items && is.items) this.schema(direction, where, `${at}[]`, was.items, is.items);
  }

  private bounds(say: (text: string) => void, was: Schema, is: Schema): void {
    const least = ['minimum', 'minLength'] as const;
    const most = ['maximum', 'maxLength', 'maxItems'] as const;
    for (const bound of least)
      if (
        is[bound] !== undefined &&
        is[bound] > (was[bound] ?? Number.NEGATIVE_INFINITY) &&
        !(bound === 'minLength' && is[bound] <= 1)
      )
        say(`has ${bound} ${is[bound]}, was ${was[bound] ?? 'without'}`);
    for (const bound of most)
      if (is[bound] !== undefined && is[bound] < (was[bound] ?? Number.POSITIVE_INFINITY))
        say(`has ${bound} ${is[bound]}, was ${was[bound] ?? 'without'}`);
    if (was.nullable && is.nullable === false) say('may no longer be null');
  }

  private say(text: string): void {
    this.changes.push(`${this.name}: ${text}`);
  }
}

/** With what it refers to, and the parts of an `allOf`, in one. */
function resolve(document: Document, schema: Schema): Schema {
  let found = schema;
  for (let depth = 0; found.$ref && depth < 10; depth += 1) {
    const name = found.$ref.split('/').pop() ?? '';
    found = document.components.schemas?.[name] ?? {};
  }
  if (!found.allOf) return found;
  const parts = found.allOf.map((part) => resolve(document, part));
  const { allOf: _, ...rest } = found;
  return {
    ...Object.assign({}, ...parts),
    ...rest,
    properties: Object.assign({}, ...parts.map(({ properties }) => properties), rest.properties),
    required: [...parts.flatMap(({ required = [] }) => required), ...(rest.required ?? [])],
  };
}
