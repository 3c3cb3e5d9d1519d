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
      properties: { errcode: { type: 'integer' }, errmsg: { type: 'string' }, rid: { type: 'string' } },
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
 * What Nest does not know of: every operation may answer a problem, and some routes belong to Fastify itself.
 * @param paths of those routes
 */
export function completeDocument(document: OpenAPIObject, paths: Paths = {}): OpenAPIObject {
  const all: Paths = { ...document.paths, ...paths };
  for (const item of Object.values(all)) {
    for (const method of METHODS) {
      const operation = item[method];
      if (operation) operation.responses = { ...operation.responses, default: RESPONSE };
    }
  }
  const { schemas, ...components } = document.components ?? {};
  return { ...document, paths: all, components: { ...components, schemas: { ...schemas, Problem: PROBLEM } } };
}
