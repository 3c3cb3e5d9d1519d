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
  readonly body: { readonly errors?: readonly { readonly field: string }[] };
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

/**
 * Sends every request whose path names what is another's, with a body that is right: what is refused is refused for whose it is.
 * @param refused by parameter of the path: 403, or 404 where a client does not learn that there is such a thing
 * @returns the operations that answered otherwise
 */
export async function notRefused(
  document: Document,
  known: Known,
  refused: Readonly<Record<string, 403 | 404>>,
  send: Send,
): Promise<string[]> {
  const wrong: string[] = [];
  const met = new Set<string>();
  for (const request of rightRequests(document, known)) {
    const name = Object.keys(refused).find((parameter) => request.template.includes(`{${parameter}}`));
    if (name === undefined) continue;
    met.add(name);
    const { status } = await send(request);
    if (status !== refused[name]) wrong.push(`${request.method} ${request.template}: ${status}`);
  }
  return [...wrong, ...Object.keys(refused).filter((name) => !met.has(name))];
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
