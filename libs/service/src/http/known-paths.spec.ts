import { fastify } from 'fastify';
import { expect, it } from 'vitest';
import { refuseOtherMethods } from './known-paths.js';
import { DomainError } from './problems.js';

function server() {
  const app = fastify();
  refuseOtherMethods(app);
  app.setErrorHandler((error, _request, reply) => {
    const { code, extras } = error as unknown as DomainError;
    return error instanceof DomainError ? reply.code(405).send({ code, allow: extras.allow }) : reply.code(500).send();
  });
  app.get('/things', async () => []);
  app.post('/things', async () => ({}));
  app.delete('/things/:id', async () => ({}));
  app.put('/files/*', async () => ({}));
  return app;
}

it.each([
  ['PATCH', '/things?a=1', ['GET', 'HEAD', 'POST']],
  ['OPTIONS', '/things', ['GET', 'HEAD', 'POST']],
  ['GET', '/things/a%2Fb', ['DELETE']],
  ['DELETE', '/files/a/b', ['PUT']],
] as const)('%s %s is refused with the methods that the path has', async (method, url, allow) => {
  const answer = await server().inject({ method, url });
  expect([answer.statusCode, answer.json()]).toEqual([405, { code: 'method-not-allowed', allow }]);
});

it.each([
  ['GET', '/thing'],
  ['GET', '/things/a/b'],
] as const)('%s %s is no known path', async (method, url) => {
  expect((await server().inject({ method, url })).statusCode).toBe(404);
});
