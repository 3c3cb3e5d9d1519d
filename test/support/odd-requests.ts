import type { Document, Operation, Schema } from '../../scripts/lib/openapi-document.ts';
export interface OddRequest {
  readonly method: string;
  /** With its query. */
  readonly path: string;
  readonly body?: string | undefined;
  readonly contentType?: string | undefined;
  readonly operation: Operation;
  /** The path as the document has it. */
  readonly template: string;
  readonly what: string;
}

/** What a program with a fault, or a person with a purpose, may put where a value belongs. */
const ODD_VALUES: readonly unknown[] = [
  null,
  '',
  'x',
  '\u0000\u0001',
  '\ud800',
  '💥'.repeat(400),
  'a'.repeat(70_000),
  -1,
  0,
  1.5,
  2 ** 53 + 2,
  1e308,
  true,
  [],
  [null],
  ['x', 'x'],
  {},
  { a: { b: [null] } },
];
const ODD_TEXTS = [
  '',
  '-1',
  '0',
  '1.5',
  '99999999999999999999',
  'x',
  "'",
  '\\',
  '\u0000',
  'ÿ💥',
  'a'.repeat(3_000),
  '../..',
  '%',
  '2026-02-30',
  '{"a":1}',
];

/** Requests that are right but for one thing each, made from what the document says. */
export function oddRequests(document: Document, known: Readonly<Record<string, string>>): OddRequest[] {
  return Object.entries(document.paths).flatMap(([template, operations]) =>
    Object.entries(operations).flatMap(([method, operation]) => [...ofOperation(document, known, template, method, operation)]),
  );
}

function* ofOperation(
  document: Document,
  known: Readonly<Record<string, string>>,
  template: string,
  method: string,
  operation: Operation,
): Generator<OddRequest> {
  const parameters = operation.parameters ?? [];
  const pathValues: Record<string, string> = {};
  for (const { name, in: where, schema } of parameters)
    if (where === 'path') pathValues[name] = known[name] ?? String(sample(document, schema));
  const queryValues: Record<string, string> = {};
  for (const { name, in: where, required, schema } of parameters)
    if (where === 'query' && required) queryValues[name] = String(sample(document, schema));
  const [contentType, media] = Object.entries(operation.requestBody?.content ?? {})[0] ?? [];
  const json = contentType?.includes('json') ?? false;
  const right = json ? sample(document, media?.schema) : undefined;

  const make = (
    what: string,
    {
      path = pathValues,
      query = queryValues,
      body = right,
    }: { path?: Record<string, string>; query?: Record<string, string>; body?: unknown },
    raw?: string,
  ): OddRequest => {
    const search = new URLSearchParams(query).toString();
    const filled = template.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(path[name] ?? 'x'));
    const text = raw ?? (json ? JSON.stringify(body) : contentType ? 'not a file' : undefined);
    return {
      what,
      template,
      operation,
      method: method.toUpperCase(),
      path: search ? `${filled}?${search}` : filled,
      body: text,
      contentType: text === undefined ? undefined : contentType,
    };
  };

  yield make('right', {});
  for (const name of Object.keys(pathValues)) {
    // Not those that name nobody: `..` never reaches a route.
    for (const odd of ODD_TEXTS.filter((text) => text !== ''))
      yield make(`path ${name}`, { path: { ...pathValues, [name]: odd } });
  }
  for (const { name, in: where } of parameters.filter((parameter) => parameter.in === 'query')) {
    for (const odd of ODD_TEXTS) yield make(`${where} ${name}`, { query: { ...queryValues, [name]: odd } });
  }
  if (!json) return;
  for (const odd of ODD_VALUES) yield make('body', { body: odd });
  yield make('body that is no JSON', {}, '{"a":');
  yield make('no body', {}, '');
  const { properties = {} } = resolve(document, media?.schema);
  const members = right as Record<string, unknown>;
  for (const [name, schema] of Object.entries(properties)) {
    for (const odd of ODD_VALUES) yield make(`member ${name}`, { body: { ...members, [name]: odd } });
    yield make(`member ${name}, right`, { body: { ...members, [name]: sample(document, schema) } });
    const inner = resolve(document, resolve(document, schema).items ?? schema).properties ?? {};
    for (const member of Object.keys(inner)) {
      for (const odd of ODD_VALUES) {
        const value = { ...(sample(document, resolve(document, schema).items ?? schema) as object), [member]: odd };
        yield make(`member ${name}.${member}`, {
          body: { ...members, [name]: resolve(document, schema).items ? [value] : value },
        });
      }
    }
  }
}

function resolve(document: Document, schema: Schema = {}): Schema {
  if (schema.$ref) return resolve(document, document.components.schemas[schema.$ref.split('/').at(-1)!]);
  if (schema.allOf?.length === 1) return resolve(document, schema.allOf[0]);
  return schema;
}

/** A small value that the schema allows, with the members that must be there. */
function sample(document: Document, given: Schema | undefined): unknown {
  const schema = resolve(document, given);
  if (schema.example !== undefined) return schema.example;
  if (schema.enum) return schema.enum[0];
  if (schema.oneOf) return sample(document, schema.oneOf[0]);
  switch (schema.type) {
    case 'integer':
    case 'number':
      return schema.minimum ?? 1;
    case 'boolean':
      return true;
    case 'array':
      return Array.from({ length: schema.minItems ?? 1 }, () => sample(document, schema.items));
    case 'object': {
      const entries = (schema.required ?? []).map((name) => [name, sample(document, schema.properties?.[name])]);
      return Object.fromEntries(entries);
    }
    default:
      return 'a'.repeat(Math.max(schema.minLength ?? 1, 1));
  }
}
