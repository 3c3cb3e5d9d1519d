import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { breakingChanges } from '../../../scripts/lib/openapi-diff.ts';
import type { Document, Operation, Schema } from '../../../scripts/lib/openapi-document.ts';
import { allTypesOf } from '../../../scripts/lib/openapi-types.ts';

const json = (schema: Schema) => ({ content: { 'application/json': { schema } } });
const base: Operation = {
  parameters: [{ name: 'limit', in: 'query', schema: { type: 'integer', minimum: 1, maximum: 200 } }],
  requestBody: json({
    type: 'object',
    required: ['name'],
    properties: { name: { type: 'string' }, kind: { type: 'string', enum: ['a', 'b'] } },
  }),
  responses: {
    '200': json({
      type: 'object',
      required: ['id'],
      properties: { id: { type: 'string' }, parts: { type: 'array', items: { $ref: '#/components/schemas/Part' } } },
    }),
  },
};
const PART: Schema = {
  type: 'object',
  required: ['size'],
  properties: { size: { type: 'integer' }, within: { $ref: '#/components/schemas/Part' } },
};

const document = (operation: Operation | undefined, part = PART, path = '/v1/things/{id}'): Document => ({
  paths: operation ? { [path]: { post: operation } } : {},
  components: { schemas: { Part: part } },
});
const changes = (present: Document) => breakingChanges(document(base), present);
const body = (schema: Schema): Operation => ({ ...base, requestBody: json(schema) });
const answer = (schema: Schema): Operation => ({ ...base, responses: { '200': json(schema) } });
const { schema: asked } = base.requestBody!.content['application/json']!;
const { schema: answered } = base.responses['200']!.content!['application/json']!;

describe('a difference that breaks callers', () => {
  const POST = 'POST /v1/things/{id}';
  it.each<[string, Document]>([
    [`${POST} is gone`, document(undefined)],
    [`${POST}: query parameter limit is gone`, document({ ...base, parameters: [] })],
    [
      `${POST}: query parameter limit has maximum 100, was 200`,
      document({ ...base, parameters: [{ name: 'limit', in: 'query', schema: { type: 'integer', minimum: 1, maximum: 100 } }] }),
    ],
    [
      `${POST}: query parameter from is demanded`,
      document({ ...base, parameters: [...base.parameters!, { name: 'from', in: 'query', required: true }] }),
    ],
    [`${POST}: body kind is demanded`, document(body({ ...asked, required: ['name', 'kind'] }))],
    [
      `${POST}: body kind may no longer be b`,
      document(body({ ...asked, properties: { ...asked!.properties, kind: { type: 'string', enum: ['a', 'c'] } } })),
    ],
    [`${POST}: body name is gone`, document(body({ ...asked, properties: { kind: asked!.properties!['kind']! } }))],
    [`${POST}: answer 200 id is gone`, document(answer({ ...answered, properties: { parts: answered!.properties!['parts']! } }))],
    [`${POST}: answer 200 id may be absent`, document(answer({ ...answered, required: [] }))],
    [
      `${POST}: answer 200 id may be null`,
      document(answer({ ...answered, properties: { ...answered!.properties, id: { type: 'string', nullable: true } } })),
    ],
    [
      `${POST}: answer 200 id is integer, was string`,
      document(answer({ ...answered, properties: { ...answered!.properties, id: { type: 'integer' } } })),
    ],
    [
      `${POST}: answer 200 parts[].size is gone`,
      document(base, { ...PART, required: [], properties: { within: PART.properties!['within']! } }),
    ],
    [`${POST}: answer 200 is gone`, document({ ...base, responses: { '202': base.responses['200']! } })],
  ])('%s', (line, present) => {
    expect(changes(present)).toEqual([line]);
  });
});

it.each<[string, Document]>([
  ['nothing', document(base)],
  ['another name of a parameter of the path', document(base, PART, '/v1/things/{thing_id}')],
  ['one more parameter', document({ ...base, parameters: [...base.parameters!, { name: 'q', in: 'query' }] })],
  [
    'a wider limit',
    document({ ...base, parameters: [{ name: 'limit', in: 'query', schema: { type: 'integer', minimum: 0, maximum: 500 } }] }),
  ],
  [
    'one more member that may be sent',
    document(body({ ...asked, properties: { ...asked!.properties, more: { type: 'string' } } })),
  ],
  [
    'one more value that may be sent',
    document(body({ ...asked, properties: { ...asked!.properties, kind: { type: 'string', enum: ['a', 'b', 'c'] } } })),
  ],
  [
    'one more member of an answer',
    document(
      answer({ ...answered, required: ['id', 'more'], properties: { ...answered!.properties, more: { type: 'string' } } }),
    ),
  ],
])('%s breaks nobody', (_, present) => {
  expect(changes(present)).toEqual([]);
});

it.each(['ingestion', 'broker', 'release'])('openapi/%s.d.ts is made of the document beside it', (app) => {
  const read = (ending: string) => readFileSync(new URL(`../../../openapi/${app}.${ending}`, import.meta.url), 'utf8');
  const types = allTypesOf(JSON.parse(read('json')) as Document);
  expect(read('d.ts') === types, 'npm run openapi -- --types').toBe(true);
});
