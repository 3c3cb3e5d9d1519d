import type { OpenAPIObject } from '@nestjs/swagger';
import { PERMISSION_EXTENSION, type Permission, scopesWith } from '../permissions/permissions.js';
import { PROBLEMS } from './problems.js';

type Paths = OpenAPIObject['paths'];
type Schema = NonNullable<NonNullable<OpenAPIObject['components']>['schemas']>[string];

type SchemaObject = Exclude<Schema, { $ref: string }>;

type Examples = Readonly<Record<string, string | undefined>>;

const METHODS = ['get', 'post', 'put', 'patch', 'delete'] as const;

/** RFC 9457, as `ProblemFilter` writes it. */
const PROBLEM: Schema = {
  type: 'object',
  required: ['type', 'title', 'status'],
  properties: {
    type: { type: 'string', description: `\`urn:wxplane:problem:\` and one of: ${Object.keys(PROBLEMS).join(', ')}` },
    title: { type: 'string' },
    status: { type: 'integer' },
    detail: { type: 'string', description: 'What is wrong with this request.' },
    instance: { type: 'string', description: '`urn:wxplane:request:` and the id that is in the log and in `x-request-id`.' },
    wechat: {
      type: 'object',
      description: 'Where WeChat caused it.',
      properties: {
        errcode: { type: 'integer' },
        errmsg: { type: 'string' },
        rid: { type: 'string' },
        details: {
          type: 'object',
          description: 'What else its answer said, such as the domains that are wrong.',
          additionalProperties: true,
        },
        api: { type: 'string', description: 'Of a call made for this request: its name at WeChat.' },
        kind: { type: 'string', enum: ['errcode', 'bad-answer', 'timeout', 'network'], description: 'How that call failed.' },
        http_status: { type: 'integer' },
        maybe_executed: {
          type: 'boolean',
          description: 'That call may have taken effect: read the state before it is repeated.',
        },
      },
    },
    remedy: {
      description: 'What a person can do about it.',
      oneOf: [{ type: 'string' }, { type: 'object', properties: { en: { type: 'string' }, zh: { type: 'string' } } }],
    },
    errors: {
      type: 'array',
      description: 'What is wrong with which member of the request.',
      items: { type: 'object', properties: { field: { type: 'string' }, message: { type: 'string' } } },
    },
  },
};

const RESPONSE = {
  description: 'What went wrong. `Retry-After` says when a repetition makes sense.',
  content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
};

/**
 * What Nest does not know of: every operation may answer a problem, some routes belong to Fastify itself, and parameters of
 * paths can be filled in, so that an operation is tried with a click.
 * @param paths of Fastify's routes
 * @param examples by name of the parameter, such as the appid of a component that this deployment serves
 */
export function completeDocument(document: OpenAPIObject, paths: Paths = {}, examples: Examples = {}): OpenAPIObject {
  const all: Paths = { ...document.paths, ...paths };
  for (const item of Object.values(all)) {
    for (const method of METHODS) {
      const operation = item[method];
      if (!operation) continue;
      tellPermission(operation);
      operation.responses = { ...operation.responses, default: RESPONSE };
      for (const parameter of operation.parameters ?? [])
        if ('in' in parameter && parameter.in === 'path' && examples[parameter.name])
          parameter.example = examples[parameter.name];
    }
  }
  const { schemas, ...components } = document.components ?? {};
  for (const schema of Object.values(schemas ?? {})) if ('properties' in schema) tellNull(schema);
  return { ...document, paths: all, components: { ...components, schemas: { ...schemas, Problem: PROBLEM } } };
}

/** OpenAPI 3.0: a value that may be null is refused by its `enum`, unless that names null, too. */
function tellNull({ properties = {} }: Pick<SchemaObject, 'properties'>): void {
  for (const property of Object.values(properties))
    if ('nullable' in property && property.nullable && property.enum && !property.enum.includes(null)) property.enum.push(null);
}

/** The permission as the page shows it, below what the operation does. */
function tellPermission(operation: { description?: string; [PERMISSION_EXTENSION]?: Permission }): void {
  const permission = operation[PERMISSION_EXTENSION];
  if (permission === undefined) return;
  const scopes = scopesWith(permission).map((scope) => `\`${scope}\``);
  const line = `Permission \`${permission}\`: scope ${scopes.join(' or ')}.`;
  operation.description = [operation.description, line].filter(Boolean).join('\n\n');
}
