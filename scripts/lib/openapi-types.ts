import type { Document, Parameter, Schema } from './openapi-document.ts';

/** By name: the method and the path as the document writes it. */
export type Routes = Readonly<Record<string, { readonly method: string; readonly path: string }>>;

const HEADER = '// Made of openapi/broker.json by `npm run openapi`, for the routes in routes.ts; not edited by hand.\n';
const HEADER_OF_ALL = '// Made of the document beside it by `npm run openapi`; not edited by hand.\n';

/** TypeScript interfaces of everything that the document describes. */
export function allTypesOf({ components: { schemas } }: Document): string {
  return [
    HEADER_OF_ALL,
    ...Object.keys(schemas)
      .sort()
      .map((name) => interfaceOf(name, schemas[name]!)),
  ].join('\n');
}

/**
 * TypeScript interfaces of everything the routes take and answer, and one `<Name>Query` for each route with a query.
 * @throws Error when the document lacks one of the routes
 */
export function typesOf(document: Document, routes: Routes): string {
  const wanted = new Set<string>();
  const queries: string[] = [];
  for (const [name, { method, path }] of Object.entries(routes)) {
    const operation = document.paths[path]?.[method.toLowerCase()];
    if (!operation) throw new Error(`the OpenAPI document has no ${method} ${path}`);
    const bodies = [operation.requestBody, ...Object.values(operation.responses)];
    for (const body of bodies) {
      for (const { schema = {} } of Object.values(body?.content ?? {})) collect(schema, document, wanted);
    }
    const query = (operation.parameters ?? []).filter((parameter) => parameter.in === 'query');
    if (query.length > 0) queries.push(interfaceOf(`${name[0]?.toUpperCase()}${name.slice(1)}Query`, asSchema(query)));
  }
  const schemas = [...wanted].sort().map((name) => interfaceOf(name, document.components.schemas[name]!));
  return [HEADER, ...schemas, ...queries].join('\n');
}

/** For comparing: line breaks, and the bars that a formatter puts in front of long unions, do not count. */
export function withoutLayout(text: string): string {
  return text
    .replace(/\s+/g, '')
    .replace(/([(:=])\|/g, '$1')
    .replace(/\/\*\*\*?|\*(?=[^/])/g, '');
}

function asSchema(parameters: readonly Parameter[]): Schema {
  return {
    properties: Object.fromEntries(
      parameters.map(({ name, schema, description }) => [name, { ...schema, ...(description ? { description } : {}) }]),
    ),
    required: parameters.filter((parameter) => parameter.required).map((parameter) => parameter.name),
  };
}

function collect(schema: Schema, document: Document, into: Set<string>): void {
  const name = nameOf(schema);
  if (name !== undefined) {
    if (into.has(name)) return;
    into.add(name);
    collect(document.components.schemas[name] ?? {}, document, into);
    return;
  }
  const inner = [...(schema.allOf ?? []), schema.items, ...Object.values(schema.properties ?? {})];
  for (const part of inner) if (part) collect(part, document, into);
}

function nameOf({ $ref }: Schema): string | undefined {
  return $ref?.slice($ref.lastIndexOf('/') + 1);
}

function interfaceOf(name: string, schema: Schema): string {
  return `export interface ${name} ${membersOf(schema)}\n`;
}

function membersOf({ properties = {}, required = [] }: Schema): string {
  const members = Object.entries(properties).map(([name, schema]) => {
    const optional = !required.includes(name);
    return `${comment(schema.description)}  readonly ${name}${optional ? '?' : ''}: ${typeOf(schema)}${optional ? ' | undefined' : ''};\n`;
  });
  return `{\n${members.join('')}}`;
}

function comment(description: string | undefined): string {
  if (!description) return '';
  const lines = description.split('\n');
  return lines.length === 1 ? `  /** ${lines[0]} */\n` : `  /**\n${lines.map((line) => `   * ${line}\n`).join('')}   */\n`;
}

function typeOf(schema: Schema): string {
  return schema.nullable ? `${bare(schema)} | null` : bare(schema);
}

function bare(schema: Schema): string {
  const name = nameOf(schema);
  if (name !== undefined) return name;
  if (schema.allOf) return schema.allOf.map(typeOf).join(' & ');
  if (schema.oneOf) return schema.oneOf.map(typeOf).join(' | ');
  // Sorted: the compiler names the members of a union in an order of its own, which differs from build to build.
  if (schema.enum)
    return schema.enum
      .filter((value) => value !== null)
      .map((value) => (typeof value === 'string' ? `'${value}'` : String(value)))
      .sort()
      .join(' | ');
  switch (schema.type) {
    case 'array': {
      const item = typeOf(schema.items ?? {});
      // Parentheses only where the formatter leaves them.
      return /^[\w.]+$|^\{.*\}$/s.test(item) ? `readonly ${item}[]` : `readonly (${item})[]`;
    }
    case 'object':
      return schema.properties ? membersOf(schema) : 'Readonly<Record<string, unknown>>';
    case 'string':
    case 'boolean':
    case 'number':
      return schema.type;
    case 'integer':
      return 'number';
    default:
      return 'unknown';
  }
}
