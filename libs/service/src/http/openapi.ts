import type { OpenAPIObject } from '@nestjs/swagger';
import { PROBLEMS } from './problems.js';

type Paths = OpenAPIObject['paths'];
type Schema = NonNullable<NonNullable<OpenAPIObject['components']>['schemas']>[string];

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
 * What Nest does not know of: every operation may answer a problem, some routes belong to Fastify itself, and a component's appid can be
 * filled in, so that an operation is tried with a click.
 * @param paths of Fastify's routes
 * @param componentAppid of one that this deployment serves
 */
export function completeDocument(document: OpenAPIObject, paths: Paths = {}, componentAppid?: string): OpenAPIObject {
  const all: Paths = { ...document.paths, ...paths };
  for (const item of Object.values(all)) {
    for (const method of METHODS) {
      const operation = item[method];
      if (!operation) continue;
      operation.responses = { ...operation.responses, default: RESPONSE };
      for (const parameter of operation.parameters ?? [])
        if (componentAppid && 'in' in parameter && parameter.in === 'path' && parameter.name === 'component_appid')
          parameter.example = componentAppid;
    }
  }
  const { schemas, ...components } = document.components ?? {};
  return { ...document, paths: all, components: { ...components, schemas: { ...schemas, Problem: PROBLEM } } };
}
