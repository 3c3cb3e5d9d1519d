import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { BROKER_ROUTES } from '#broker-client';
import { typesOf, withoutLayout } from '../../scripts/lib/openapi-types.ts';
import { committedDocument } from '../support/route-refusals.js';

/* openapi/broker.json is what the broker serves: test/openapi-committed.e2e-spec.ts compares them. */

const TYPES = new URL('../../libs/broker-client/src/broker-api.ts', import.meta.url);
const document = committedDocument('broker');

/** Filing and certification are done by operators: of those only what the release app's onboardings call. */
const WITHOUT_METHODS: ReadonlySet<string> = new Set(['diagnosis', 'proxy', 'filings', 'certifications']);

describe('the client of the broker', () => {
  it('has the types of the committed document: npm run openapi -- --types writes broker-api.ts', () => {
    expect(withoutLayout(readFileSync(TYPES, 'utf8'))).toBe(withoutLayout(typesOf(document, BROKER_ROUTES)));
  });

  it('has a method for every route that callers need: all but those for diagnosis, the proxy, and the tasks of operators', () => {
    const routes = Object.values(BROKER_ROUTES).map(({ method, path }) => `${method} ${path}`);
    const offered = Object.entries(document.paths).flatMap(([path, operations]) =>
      Object.entries(operations).flatMap(([method, operation]) => {
        const route = `${method.toUpperCase()} ${path}`;
        const free = operation.tags?.some((tag) => WITHOUT_METHODS.has(tag)) ?? false;
        return free && !routes.includes(route) ? [] : [route];
      }),
    );
    expect(routes.sort()).toEqual(offered.sort());
  });
});
