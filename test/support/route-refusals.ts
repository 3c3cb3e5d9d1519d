import { readFileSync } from 'node:fs';
import type { Document } from '../../scripts/lib/openapi-document.ts';
import { oddRequests } from './odd-requests.js';

/** What the repository has of an app's document; test/openapi-committed.e2e-spec.ts compares it with the app. */
export const committedDocument = (app: 'ingestion' | 'broker' | 'release'): Document =>
  JSON.parse(readFileSync(new URL(`../../openapi/${app}.json`, import.meta.url), 'utf8')) as Document;

export interface SentRequest {
  readonly method: string;
  /** With its parameters filled in, and its query. */
  readonly path: string;
  readonly body?: string | undefined;
  readonly contentType?: string | undefined;
}

export interface Refusal {
  readonly status: number;
  readonly body: {
    readonly type?: string;
    readonly detail?: string;
    readonly errors?: readonly { readonly field: string }[];
  };
}

/** Sends it as the client that the test is about. */
export type Send = (request: SentRequest) => Promise<Refusal>;

/** What fills a request that the document describes. */
export interface Known {
  /** Parameters of paths, by name. */
  readonly path: Readonly<Record<string, string>>;
  /** Members of bodies that no sample of the document's schema gets right, by name. */
  readonly members?: Readonly<Record<string, unknown>>;
}

/**
 * Sends every request that the document describes, right but for one member that nobody knows; those without a body get one.
 * @returns the operations that did not answer 400 and name that member, and nothing else
 */
export async function takeUnknownMember(document: Document, known: Known, send: Send): Promise<string[]> {
  const wrong: string[] = [];
  for (const request of rightRequests(document, known)) {
    // An upload is a file, which has no members.
    if (request.method === 'GET' || (request.contentType !== undefined && !request.contentType.includes('json'))) continue;
    const body = JSON.stringify({ ...(JSON.parse(request.body ?? '{}') as object), no_such_member: 1 });
    const { status, body: answer } = await send({ ...request, body, contentType: 'application/json' });
    const named = (answer.errors ?? []).map(({ field }) => field);
    if (status !== 400 || named.length !== 1 || !/(^|\.)no_such_member$/.test(named[0]!))
      wrong.push(`${request.method} ${request.template}: ${status} ${named.join(', ')}`);
  }
  return wrong;
}

/** Things that are somebody's, by the parameter that names them; with the id of one that is not there. */
const THINGS: Readonly<Record<string, string>> = {
  event_id: '999999999',
  delivery_id: '999999999',
  subscription_id: `sub_${'f'.repeat(20)}`,
  release_id: '999999999',
  rollout_id: '999999999',
  sync_id: '999999999',
  link_id: 'f'.repeat(32),
};

/**
 * Sends every request whose path names what is another's, with a body that is right. A thing of another is answered like one that is
 * not there, word for word, so that nobody tries ids out. An account off the client's list, and a scope that it lacks, is 403.
 * @param lacking parameters of paths whose routes want a scope that the client lacks
 * @returns the operations that answered otherwise
 */
export async function notRefused(
  document: Document,
  known: Known,
  send: Send,
  lacking: readonly string[] = [],
): Promise<string[]> {
  const wrong: string[] = [];
  const met = new Set<string>();
  for (const request of rightRequests(document, known)) {
    const names = [...request.template.matchAll(/\{(\w+)\}/g)].map(([, name]) => name!);
    const title = `${request.method} ${request.template}`;
    const thing = names.find((name) => name in THINGS);
    if (names.includes('authorizer_appid') || names.some((name) => lacking.includes(name))) {
      const { status } = await send(request);
      if (status !== 403) wrong.push(`${title}: ${status}`);
    } else if (thing !== undefined) {
      met.add(thing);
      const absent = THINGS[thing]!;
      const [theirs, none] = [await send(request), await send({ ...request, path: pathTo(request, known, thing, absent) })];
      const words = ({ body: { type, detail } }: Refusal) => `${type} ${detail?.replace(absent, known.path[thing]!)}`;
      if (theirs.status !== 404 || words(theirs) !== words(none))
        wrong.push(`${title}: ${theirs.status} ${words(theirs)}; of one that is not there: ${words(none)}`);
    }
  }
  return [...wrong, ...Object.keys(known.path).filter((name) => name in THINGS && !met.has(name))];
}

const pathTo = (request: SentRequest, { path }: Known, name: string, id: string): string =>
  request.path.replace(`/${path[name]}`, `/${id}`);

/**
 * Sends every request with the type of a body and none: many clients name the type whatever they send.
 * @returns the operations that take it amiss: without a body none is missing, with one its missing members are named
 */
export async function offendedByNoBody(document: Document, known: Known, send: Send): Promise<string[]> {
  const wrong: string[] = [];
  let met = 0;
  for (const { method, path, template, operation } of oddRequests(document, known.path).filter(({ what }) => what === 'right')) {
    if (method === 'GET') continue;
    met += 1;
    const { status, body } = await send({ method, path, body: '', contentType: 'application/json' });
    const explained = operation.requestBody !== undefined && !/\bJSON\b|empty/i.test(body.detail ?? '');
    if (status === 400 && !explained) wrong.push(`${method} ${template}: ${body.detail}`);
  }
  return met === 0 ? ['the document has no route that writes'] : wrong;
}

function rightRequests(document: Document, { path, members = {} }: Known): (SentRequest & { readonly template: string })[] {
  return oddRequests(document, path)
    .filter(({ what }) => what === 'right')
    .map((request) => {
      if (!request.contentType?.includes('json')) return request;
      const body = Object.entries(JSON.parse(request.body ?? '{}') as object);
      return {
        ...request,
        body: JSON.stringify(Object.fromEntries(body.map(([name, value]) => [name, members[name] ?? value]))),
      };
    });
}
