import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { MAX_PUSH_BYTES } from '#wechat';
import { type PushAnswer, PushService } from './push.service.js';

interface Path {
  readonly component: string;
  readonly appid?: string;
}

/**
 * WeChat's two URLs. They belong to Fastify and not to Nest: a scope of their own takes any content type as bytes, and whatever goes
 * wrong in it is plain text, never JSON or HTML.
 */
export async function registerPushRoutes(app: NestFastifyApplication): Promise<void> {
  const pushes = app.get(PushService);
  await (app.getHttpAdapter().getInstance() as unknown as FastifyInstance).register((scope, _options, done) => {
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser('*', { parseAs: 'buffer', bodyLimit: MAX_PUSH_BYTES }, (_request, body, parsed) =>
      parsed(null, body),
    );
    scope.setErrorHandler((error: { statusCode?: number }, _request, reply) => {
      const status = error.statusCode ?? 500;
      return send(reply, { status, body: status < 500 ? 'refused: malformed request' : 'failed', type: 'text/plain' });
    });

    scope.post<{ Params: Path }>('/wechat/:component/events', (request, reply) => receive('events', request, reply));
    scope.post<{ Params: Path }>('/wechat/:component/:appid/messages', (request, reply) => receive('messages', request, reply));
    for (const url of ['/wechat/:component/events', '/wechat/:component/:appid/messages']) {
      scope.get<{ Params: Path }>(url, (request, reply) =>
        send(reply, pushes.echo(request.params.component, request.query as Record<string, unknown>)),
      );
    }
    scope.all('/wechat/*', (_request, reply) => send(reply, { status: 404, body: 'no such address', type: 'text/plain' }));

    async function receive(route: 'events' | 'messages', request: FastifyRequest<{ Params: Path }>, reply: FastifyReply) {
      const answer = await pushes.receive({
        route,
        component: request.params.component,
        pathAppid: request.params.appid,
        query: request.query as Record<string, unknown>,
        body: request.body as Buffer | undefined,
      });
      return send(reply, answer);
    }
    done();
  });
}

function send(reply: FastifyReply, { status, body, type }: PushAnswer): FastifyReply {
  return reply
    .status(status)
    .header('content-type', `${type}; charset=utf-8`)
    .header('x-content-type-options', 'nosniff')
    .send(body);
}
