import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { matchOperation } from './match.js';
import { OPERATIONS, type Operation } from './operations.js';

interface Document {
  readonly paths: Readonly<
    Record<string, Readonly<Record<string, { readonly operationId?: string; readonly 'x-permission'?: string }>>>
  >;
}
const documented = (['broker', 'ingestion', 'release'] as const).flatMap((app) => {
  const { paths } = JSON.parse(readFileSync(`openapi/${app}.json`, 'utf8')) as Document;
  return Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ app, path, method: method.toUpperCase(), ...operation })),
  );
});

describe('what the console forwards', () => {
  it.each(Object.entries<Operation>(OPERATIONS))('%s is as its app describes it', (id, { app, method, path, permission }) => {
    const { operationId: _, 'x-permission': wanted, ...found } = documented.find(({ operationId }) => operationId === id) ?? {};
    expect({ ...found, permission: wanted }).toMatchObject({ app, method, path, permission });
  });

  it('holds no operation that reveals a token or a ticket, or calls WeChat for the caller', () => {
    const reveal = Object.values<Operation>(OPERATIONS).filter(({ permission }) =>
      /^(tokens|proxy|users|clients)\./.test(permission),
    );
    expect(reveal).toEqual([]);
  });

  it.each([
    ['release', 'GET', '/v1/rollouts/3', 'RolloutController_get'],
    ['release', 'POST', '/v1/rollouts/3/pause', 'RolloutController_pause'],
    ['broker', 'GET', '/v1/components', 'ComponentsController_list'],
  ])('knows %s %s %s', (app, method, path, id) => {
    expect(matchOperation(app, method, path)?.id).toBe(id);
  });

  it.each([
    ['broker', 'GET', '/v1/rollouts/3'],
    ['release', 'DELETE', '/v1/rollouts/3'],
    ['release', 'GET', '/v1/rollouts/3/'],
    ['release', 'GET', '/v1/rollouts/../clients'],
    ['release', 'GET', '/v1/rollouts/%2e%2e'],
    ['release', 'GET', '/v1/rollouts/3%2Fpause'],
    ['release', 'GET', '//v1/rollouts/3'],
    ['broker', 'GET', '/v1/clients'],
    ['broker', 'GET', '/v1/components/wx1111111111111111/token'],
    ['broker', 'GET', '/docs'],
  ])('knows no %s %s %s', (app, method, path) => {
    expect(matchOperation(app, method, path)).toBeUndefined();
  });
});
