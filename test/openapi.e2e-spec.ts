import { Ajv } from 'ajv';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PROBLEMS } from '#service';
import type { Document } from '../scripts/lib/openapi-document.ts';
import { SERVICES, type ServiceName } from '../scripts/lib/suite.ts';
import { eventually } from './support/eventually.js';
import { type OddRequest, oddRequests } from './support/odd-requests.js';
import { ALL_SCOPES, type Suite, startSuite } from './support/suite.js';

const merchant = 'wx00000000000000ae';
const AT_ONCE = 4;
/** Longer than the longest wait that the guide names. */
const HANGS_MS = 60_000;
let suite: Suite;
let key: string;

beforeAll(async () => {
  suite = await startSuite({
    name: 'openapi',
    sandboxConfig: { settings: { privacy_scan_s: 0 } },
    env: Object.fromEntries(SERVICES.map((app) => [app, { DOCS_AUTHORIZER_APPID: merchant }])),
  });
  key = await suite.createClient('odd requests', ALL_SCOPES);
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
      const filled: Record<string, string> = {
        component_appid: suite.component.component_appid,
        authorizer_appid: merchant,
      };
      const appids = operations
        .flatMap(({ parameters = [] }) => parameters)
        .filter(({ in: where, name }) => where === 'path' && name in filled);
      expect(appids.filter(({ name, example }) => example !== filled[name])).toEqual([]);
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

/** Its bodies are right, as far as the documents tell: what is refused is refused for whose it is. */
describe('a client with a list of merchants', () => {
  const other = 'wx00000000000000af';
  let limited: string;
  let known: Record<string, string>;

  beforeAll(async () => {
    const { component_appid } = suite.component;
    const component = `/v1/components/${component_appid}`;
    const made = async <T>(app: ServiceName, path: string, body: unknown): Promise<T> => {
      const answer = await suite.api<T>(app, 'POST', path, body);
      if (answer.status >= 300) throw new Error(`${path}: ${answer.status} ${JSON.stringify(answer.body)}`);
      return answer.body;
    };
    await suite.control.post('/merchants', { appid: other, kind: 'miniprogram' });
    await suite.control.post('/authorizations', { component_appid, merchant_appid: other });
    const token = `${component}/authorizers/${other}/token`;
    await eventually('the other merchant’s token', async () => (await suite.api('broker', 'GET', token)).status === 200);
    const { template_id } = await suite.control.post<{ template_id: number }>(`/components/${component_appid}/templates`, {
      user_version: '2.0.0',
    });
    const version = { template_id, user_version: '2.0.0', user_desc: 'of the other one' };
    const url = 'https://subscriber.example/hook';
    const subscription = await made<{ subscription_id: string }>('ingestion', '/v1/subscriptions', {
      name: 'all',
      url,
      kinds: ['*'],
    });
    const { release_id } = await made<{ release_id: number }>('release', `${component}/releases`, {
      authorizer_appid: other,
      ...version,
    });
    const spec = { name: 'of the other one', targets: { list: [other] }, ...version };
    const { hash } = (await suite.api<{ hash: string }>('release', 'POST', `${component}/rollouts/preview`, spec)).body;
    const rollout = { ...spec, preview_hash: hash };
    const { rollout_id } = await made<{ rollout_id: number }>('release', `${component}/rollouts`, rollout);
    const { link_id } = await made<{ link_id: string }>('broker', `${component}/authorization-links`, {});
    const scopes = ALL_SCOPES.filter((scope) => scope !== 'admin');
    const client = await made<{ client_id: string; key: string }>('broker', '/v1/clients', {
      name: 'limited',
      scopes,
      authorizers: [merchant],
    });
    limited = client.key;
    const event_id = await eventually('an event of the other merchant', async () => {
      const path = `/v1/events?authorizer_appid=${other}&limit=1`;
      return (await suite.api<{ items: { event_id: string }[] }>('ingestion', 'GET', path)).body.items[0]?.event_id;
    });
    const { delivery_id } = await made<{ delivery_id: string }>(
      'ingestion',
      `/v1/subscriptions/${subscription.subscription_id}/test`,
      {},
    );
    known = {
      component_appid,
      authorizer_appid: other,
      release_id: String(release_id),
      rollout_id: String(rollout_id),
      link_id,
      client_id: client.client_id,
      event_id,
      delivery_id,
      subscription_id: subscription.subscription_id,
      sync_id: '1',
    };
  });

  it.each<ServiceName>(['ingestion', 'broker', 'release'])(
    'is refused every operation of %s on what is another’s',
    async (app) => {
      const { body: document } = await suite.api<Document>(app, 'GET', '/docs/openapi.json');
      const of = new RegExp(
        `\\{(${Object.keys(known)
          .filter((name) => name !== 'component_appid')
          .join('|')})\\}`,
      );
      const right = oddRequests(document, known).filter(({ what, template }) => what === 'right' && of.test(template));
      const open: string[] = [];
      for (const request of right) {
        const response = await ask(app, request, limited);
        if (![403, 404].includes(response.status))
          open.push(`${request.method} ${request.template}: ${response.status} ${(await response.text()).slice(0, 200)}`);
        else await response.arrayBuffer();
      }
      expect(right.length).toBeGreaterThan(5);
      expect(open).toEqual([]);
    },
  );
});

/** @returns what is wrong with the answer. */
async function send(app: ServiceName, request: OddRequest, answers: AnswersOf): Promise<string | undefined> {
  const response = await ask(app, request, key);
  return answers.faultOf(request, response, await response.text());
}

function ask(app: ServiceName, request: OddRequest, as: string): Promise<Response> {
  return fetch(`${suite.urls[app]}${request.path}`, {
    method: request.method,
    headers: {
      authorization: `Bearer ${as}`,
      ...(request.contentType ? { 'content-type': request.contentType } : {}),
    },
    ...(request.body === undefined ? {} : { body: request.body }),
    redirect: 'manual',
    signal: AbortSignal.timeout(HANGS_MS),
  });
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
