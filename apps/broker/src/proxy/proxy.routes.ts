import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { AccessLog, askedBy, DomainError, Gatekeeper, ProblemFilter } from '#service';
import { ProxyService } from './proxy.service.js';

interface ProxyPath {
  readonly component_appid: string;
  readonly authorizer_appid?: string;
  readonly '*': string;
}

const METHODS = ['GET', 'POST', 'PUT', 'DELETE', 'PATCH'];

/**
 * `…/wechat/{path}`: routes of Fastify itself, in a scope without body parsers, so that uploads stream through. Who may come in and
 * how errors look is the same as everywhere.
 */
export async function installProxy(app: NestFastifyApplication): Promise<void> {
  const proxy = app.get(ProxyService, { strict: false });
  const gatekeeper = app.get(Gatekeeper);
  const problems = app.get(ProblemFilter);
  const accessLog = app.get(AccessLog);

  const handle = async (request: FastifyRequest, reply: FastifyReply): Promise<void> => {
    const { component_appid: componentAppid, authorizer_appid: authorizerAppid, '*': rest } = request.params as ProxyPath;
    try {
      const client = await gatekeeper.admit(request, ['proxy']);
      if (authorizerAppid === undefined && client.authorizers !== undefined)
        throw new DomainError('forbidden', 'A client with a list of authorizers may not call WeChat as the component.');
      const path = `/${rest}`;
      accessLog.record({
        action: 'proxy.call',
        outcome: 'ok',
        clientId: client.clientId,
        componentAppid,
        authorizerAppid,
        subject: `${request.method} ${path}`.slice(0, 128),
        ip: request.ip,
        requestId: request.id,
      });
      const mark = request.url.indexOf('?');
      await askedBy({ clientId: client.clientId, requestId: request.id }, () =>
        proxy.forward({
          componentAppid,
          authorizerAppid,
          path,
          query: mark < 0 ? '' : request.url.slice(mark + 1),
          allowedPaths: client.proxyPaths,
          request: request.raw,
          response: reply.raw,
          requestId: request.id,
        }),
      );
      reply.hijack();
    } catch (error) {
      if (reply.raw.headersSent) {
        // Part of WeChat's answer is out: all that is left is to let the caller see that it is not whole.
        reply.hijack();
        reply.raw.destroy();
        return;
      }
      problems.answer(error, request, reply);
    }
    await reply;
  };

  await app
    .getHttpAdapter()
    .getInstance()
    .register((scope, _options, done) => {
      scope.removeAllContentTypeParsers();
      scope.addContentTypeParser('*', (_request, _payload, done) => done(null));
      for (const url of [
        '/v1/components/:component_appid/wechat/*',
        '/v1/components/:component_appid/authorizers/:authorizer_appid/wechat/*',
      ])
        scope.route({ method: METHODS, url, handler: handle });
      done();
    });
}
