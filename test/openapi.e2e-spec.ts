import { Ajv } from 'ajv';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PROBLEMS } from '#service';
import type { ServiceName } from '../scripts/lib/suite.ts';
import { eventually } from './support/eventually.js';
import { type Document, type OddRequest, oddRequests } from './support/odd-requests.js';
import { type Suite, startSuite } from './support/suite.js';

const merchant = 'wx00000000000000ae';
const AT_ONCE = 4;
/** Longer than the longest wait that the guide names. */
const HANGS_MS = 60_000;
let suite: Suite;
let key: string;

beforeAll(async () => {
  suite = await startSuite({ name: 'openapi', sandboxConfig: { settings: { privacy_scan_s: 0 } } });
  key = await suite.createClient('odd requests', [
    'component-token',
    'authorizer-token',
    'authorizers:read',
    'authorizations:write',
    'proxy',
    'releases:read',
    'releases:write',
    'events:read',
    'subscriptions:write',
    'admin',
  ]);
  const { component_appid } = suite.component;
  await suite.control.post('/merchants', { appid: merchant, kind: 'miniprogram' });
  await suite.control.post(`/components/${component_appid}/drafts`, { user_version: '1.0.0' });
  await suite.control.post(`/components/${component_appid}/templates`, { user_version: '1.0.0' });
  await suite.control.post('/authorizations', { component_appid, merchant_appid: merchant });
  const token = `/v1/components/${component_appid}/authorizers/${merchant}/token`;
  await eventually('the merchant’s token', async () => (await suite.api('broker', 'GET', token)).status === 200);
});

afterAll(() => suite?.stop());

describe('the page of an app’s API', () => {
  it.each<ServiceName>(['ingestion', 'broker', 'release'])(
    'of %s says of each operation what it does, below one heading, and fills in an appid that can be tried',
    async (app) => {
      const { body } = await suite.api<Described>(app, 'GET', '/docs/openapi.json');
      const operations = Object.entries(body.paths).flatMap(([path, item]) =>
        Object.entries(item).map(([method, operation]) => ({ name: `${method} ${path}`, ...operation })),
      );
      expect(operations.length).toBeGreaterThan(10);
      expect(operations.filter(({ summary }) => !summary).map(({ name }) => name)).toEqual([]);
      expect(operations.filter(({ tags }) => tags?.length !== 1).map(({ name }) => name)).toEqual([]);
      const appids = operations
        .flatMap(({ parameters = [] }) => parameters)
        .filter((parameter) => parameter.in === 'path' && parameter.name === 'component_appid');
      expect(appids.filter(({ example }) => example !== suite.component.component_appid)).toEqual([]);
      expect((await suite.api(app, 'GET', String(body.externalDocs?.url))).status).toBe(200);
    },
  );
});

interface Described {
  readonly externalDocs?: { readonly url: string };
  readonly paths: Record<
    string,
    Record<
      string,
      {
        readonly summary?: string;
        readonly tags?: readonly string[];
        readonly parameters?: readonly { readonly in: string; readonly name: string; readonly example?: unknown }[];
      }
    >
  >;
}

/** Generated from what each app says of itself: no 500, no answer outside of the document, no hang. */
describe('odd requests to every operation of the OpenAPI documents', () => {
  it.each<ServiceName>(['ingestion', 'broker', 'release'])(
    '%s answers each as its document says, and none with 500',
    async (app) => {
      const { body: document } = await suite.api<Document>(app, 'GET', '/docs/openapi.json');
      const answers = new AnswersOf(document);
      const known = { component_appid: suite.component.component_appid, authorizer_appid: merchant };
      const requests = oddRequests(document, known);
      const faults: string[] = [];
      const next = requests.values();
      const work = async (): Promise<void> => {
        for (const request of next) {
          const fault = await send(app, request, answers).catch((error: Error) => `no answer: ${error.message}`);
          if (fault) faults.push(`${request.method} ${request.path.slice(0, 200)} (${request.what}): ${fault}`);
        }
      };
      await Promise.all(Array.from({ length: AT_ONCE }, work));
      expect(requests.length).toBeGreaterThan(100);
      expect(faults.slice(0, 20)).toEqual([]);
    },
    20 * 60_000,
  );
});

/** @returns what is wrong with the answer. */
async function send(app: ServiceName, request: OddRequest, answers: AnswersOf): Promise<string | undefined> {
  const response = await fetch(`${suite.urls[app]}${request.path}`, {
    method: request.method,
    headers: {
      authorization: `Bearer ${key}`,
      ...(request.contentType ? { 'content-type': request.contentType } : {}),
    },
    ...(request.body === undefined ? {} : { body: request.body }),
    redirect: 'manual',
    signal: AbortSignal.timeout(HANGS_MS),
  });
  return answers.faultOf(request, response, await response.text());
}

class AnswersOf {
  // The document's own words, such as `nullable` and `example`, are no mistakes.
  private readonly ajv = new Ajv({ strict: false, validateFormats: false });

  constructor(document: Document) {
    this.ajv.addSchema(withNulls(document) as Document, 'document');
  }

  faultOf({ operation, template, method }: OddRequest, response: Response, text: string): string | undefined {
    const { status } = response;
    const type = (response.headers.get('content-type') ?? '').split(';')[0]!;
    if (status >= 400) {
      if (type !== 'application/problem+json') return `${status} as ${type}: ${text.slice(0, 200)}`;
      const problem = JSON.parse(text) as { type: string; status: number };
      const code = problem.type.replace('urn:wxplane:problem:', '') as keyof typeof PROBLEMS;
      if (code === 'internal') return `500: ${text}`;
      if (PROBLEMS[code]?.status !== status || problem.status !== status) return `${status} with the problem ${problem.type}`;
      return undefined;
    }
    const said = operation.responses[String(status)];
    if (!said) return `${status}, of which the document says nothing`;
    if (!said.content) return undefined;
    const media = said.content[type] ?? said.content['*/*'];
    if (!media) return `${status} as ${type || 'nothing'}; the document says ${Object.keys(said.content).join(', ')}`;
    if (!media.schema || !type.includes('json')) return undefined;
    const pointer = ['paths', template, method.toLowerCase(), 'responses', String(status), 'content', type, 'schema'];
    const ref = `document#/${pointer.map((part) => encodeURIComponent(part.replaceAll('~', '~0').replaceAll('/', '~1'))).join('/')}`;
    if (this.ajv.validate({ $ref: ref }, JSON.parse(text))) return undefined;
    return `${status}, but ${this.ajv.errorsText()}: ${text.slice(0, 300)}`;
  }
}

/** OpenAPI 3.0 says "this class, or null" in a way of its own. */
function withNulls(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(withNulls);
  if (typeof schema !== 'object' || schema === null) return schema;
  const { nullable, allOf, ...rest } = Object.fromEntries(
    Object.entries(schema).map(([name, value]) => [name, withNulls(value)]),
  );
  if (nullable === true && allOf) return { anyOf: [{ type: 'null' }, { ...rest, allOf }] };
  return { ...rest, ...(nullable === undefined ? {} : { nullable }), ...(allOf === undefined ? {} : { allOf }) };
}
