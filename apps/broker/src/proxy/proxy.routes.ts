import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyReply, FastifyRequest } from 'fastify';
import {
  type Access,
  AccessLog,
  type Caller,
  DomainError,
  Gatekeeper,
  inRequest,
  outcomeOf,
  ProblemFilter,
  type RequestAccess,
  toDomainError,
} from '#service';
import type { GateVerdict } from './proxy.domain.js';
import { PROXY_METHODS, PROXY_PERMISSION } from './proxy.openapi.js';
import { ProxyService } from './proxy.service.js';
import { ProxyGate } from './proxy-gate.js';

/** What the audit log keeps of a subject. */
const SUBJECT_CHARACTERS = 128;

interface ProxyPath {
  readonly component_appid: string;
  readonly authorizer_appid?: string;
  readonly '*': string;
}

/** How the audit log calls a call: what the gate has judged is found by its action, and says why. */
function named(verdict: GateVerdict | undefined, call: string): { action: string; subject: string } {
  if (verdict === undefined) return { action: 'proxy.call', subject: call.slice(0, SUBJECT_CHARACTERS) };
  const why = ` (${verdict.effect?.id ?? 'unknown'}: ${verdict.reason ?? verdict.decision})`;
  return { action: 'proxy.protected', subject: call.slice(0, SUBJECT_CHARACTERS - why.length) + why };
}

/** For the route inventory: no decorator says it. */
const FACTS = { facts: { permission: 'proxy.call', audit: 'proxy.call', bodyLimit: 'streams' } };

const METHODS = PROXY_METHODS.map((method) => method.toUpperCase());

/**
 * `…/wechat/{path}`: routes of Fastify itself, in a scope without body parsers, so that uploads stream through. Who may come in and
 * how errors look is the same as everywhere.
 */
export async function installProxy(app: NestFastifyApplication): Promise<void> {
  const proxy = app.get(ProxyService, { strict: false });
  const gate = app.get(ProxyGate, { strict: false });
  const gatekeeper = app.get(Gatekeeper);
  const problems = app.get(ProblemFilter);
  const accessLog = app.get(AccessLog);

  const handle = async (request: FastifyRequest, reply: FastifyReply): Promise<void> => {
    const { component_appid: componentAppid, authorizer_appid: authorizerAppid, '*': rest } = request.params as ProxyPath;
    const path = `/${rest}`;
    let client: Caller | undefined;
    const about = (outcome: Access['outcome'], reason?: string): RequestAccess => ({
      ...named(client && gate.judge({ client, componentAppid, path }), `${request.method} ${path}`),
      permission: 'proxy.call',
      outcome,
      reason,
      componentAppid,
      authorizerAppid,
    });
    try {
      client = await gatekeeper.admit(request, PROXY_PERMISSION);
      if (authorizerAppid === undefined && client.authorizers !== undefined)
        throw new DomainError('forbidden', 'A client with a list of authorizers may not call WeChat as the component.');
      const admitted = client;
      const mark = request.url.indexOf('?');
      await inRequest({ clientId: admitted.clientId, requestId: request.id }, () =>
        proxy.forward({
          componentAppid,
          authorizerAppid,
          path,
          query: mark < 0 ? '' : request.url.slice(mark + 1),
          client: admitted,
          request: request.raw,
          response: reply.raw,
          requestId: request.id,
          beforeAnswer: () => (accessLog.required ? accessLog.recordAnswer(admitted, request, about('ok')) : Promise.resolve()),
        }),
      );
      if (!accessLog.knows(request)) accessLog.recordRequest(client, request, about('ok'));
      reply.hijack();
    } catch (error) {
      if (client && !accessLog.knows(request))
        accessLog.recordRequest(client, request, about(outcomeOf(error), toDomainError(error).code));
      if (reply.raw.headersSent || reply.raw.destroyed) {
        // Part of WeChat's answer is out, or nobody waits for one: all that is left is to let the caller see that it is not whole.
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
        scope.route({ method: METHODS, url, handler: handle, config: FACTS });
      done();
    });
}
