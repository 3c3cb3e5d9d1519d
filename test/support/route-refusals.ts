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

export function rightRequests(
  document: Document,
  { path, members = {} }: Known,
): (SentRequest & { readonly template: string })[] {
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
