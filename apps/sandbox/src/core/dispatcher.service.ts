import { setTimeout as sleep } from 'node:timers/promises';
import { Injectable, Logger } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { ApiSecurityStore } from '../api-security/api-security.store.js';
import { type CallRecord, CallRecorder } from '../calls/recorder.service.js';
import { type Fault, FaultBook } from '../faults/fault-book.service.js';
import { Memory } from '../memory/memory.service.js';
import { ApiRegistry } from '../protocol/api-registry.js';
import { ApiError, refuse } from '../protocol/errors.domain.js';
import { type ApiAnswer, type ApiCall, type ApiRoute, Binary, isObject, type Json } from '../protocol/route.js';
import { Quotas } from '../quotas/quotas.service.js';
import { newRid } from '../world/random.js';
import { World } from '../world/world.service.js';
import { AccessService } from './access.service.js';

const GATEWAY_HTML =
  '<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<body>\r\n<center><h1>502 Bad Gateway</h1></center>\r\n<hr><center>nginx</center>\r\n</body>\r\n</html>\r\n';
// `\uXXXX` above ASCII whose backslash is not itself escaped.
const ESCAPED_UNICODE = /(?<!\\)(?:\\\\)*\\u(?!00[0-7])[0-9a-fA-F]{4}/;
const EMPTY = Buffer.alloc(0);

/** Takes every call to WeChat's APIs through the same steps: record, fault, method, token, quota, body, handler, answer. */
@Injectable()
export class Dispatcher {
  private readonly logger = new Logger('api');

  constructor(
    private readonly world: World,
    private readonly registry: ApiRegistry,
    private readonly access: AccessService,
    private readonly quotas: Quotas,
    private readonly recorder: CallRecorder,
    private readonly faults: FaultBook,
    private readonly memory: Memory,
    private readonly security: ApiSecurityStore,
  ) {}

  async handle(request: FastifyRequest, reply: FastifyReply): Promise<void> {
    reply.hijack();
    const started = performance.now();
    const [path = '', search = ''] = splitOnce(request.url, '?');
    const raw = Buffer.isBuffer(request.body) ? request.body : EMPTY;
    const now = this.world.now;
    const record: CallRecord = {
      id: this.recorder.nextRecordId,
      at_ms: now,
      method: request.method,
      path,
      rid: newRid(now),
      ip: request.ip,
      appid: '',
      component_appid: '',
      errcode: 0,
      http_status: 200,
      ms: 0,
      fault: undefined,
      secured: undefined,
      query: search,
      request: (request.headers['content-type'] ?? '').startsWith('multipart/') ? '(multipart)' : raw.toString('utf8', 0, 4096),
      response: '',
    };
    const query = request.query as Record<string, string | undefined>;
    const routes = this.registry.find(path);
    this.attribute(record, routes?.[0], query);
    this.recorder.count(path, record.appid || record.component_appid);
    const fault = this.faults.take(path, record.appid || record.component_appid);
    record.fault = fault?.action;

    const call: ApiCall = {
      headers: request.headers,
      path,
      query,
      body: {},
      raw,
      contentType: request.headers['content-type'] ?? '',
      ip: request.ip,
      origin: `http://${request.headers.host ?? 'localhost'}`,
    };
    try {
      const spoiltFirst = fault && !fault.after && fault.action !== 'delay';
      const answer = spoiltFirst ? {} : await this.execute(routes, request.method, call, record, fault);
      if (fault && fault.delay_ms > 0 && (fault.after || spoiltFirst)) await sleep(fault.delay_ms);
      if (fault?.hold) await this.faults.deletion(fault);
      this.send(reply, record, routes?.[0], answer, fault);
    } finally {
      record.ms = Math.round(performance.now() - started);
      this.recorder.keep(record);
    }
  }

  /** Whose call is it? Said in records even when the token is refused. */
  private attribute(record: CallRecord, route: ApiRoute | undefined, query: Record<string, string | undefined>): void {
    const value = route && this.access.tokenOf(route, query);
    const token = value ? this.world.tokens.get(value) : undefined;
    if (token) {
      record.component_appid = token.component.appid;
      record.appid = token.authorization?.merchant.appid ?? '';
      return;
    }
    const named = /"component_appid"\s*:\s*"(\w+)"/.exec(record.request)?.[1];
    record.component_appid = named ?? query['component_appid'] ?? '';
  }

  private async execute(
    routes: readonly ApiRoute[] | undefined,
    method: string,
    call: ApiCall,
    record: CallRecord,
    fault: Fault | undefined,
  ): Promise<ApiAnswer> {
    const slow = fault?.action === 'delay' && !fault.after ? fault.delay_ms : 0;
    try {
      if (!routes) {
        record.http_status = 404;
        return { errcode: 404, errmsg: `the sandbox does not know ${method} ${call.path}` };
      }
      const route = routes.find((candidate) => candidate.method === method || candidate.method === 'ANY');
      if (!route) throw new ApiError(routes[0]?.method === 'GET' ? 43001 : 43002);
      return await this.run(route, call, record, slow);
    } catch (error) {
      const refused = error instanceof ApiError ? error : new ApiError(-1);
      if (!(error instanceof ApiError)) this.logger.error(error);
      record.errcode = refused.errcode;
      return { errcode: refused.errcode, errmsg: `${refused.message} rid: ${record.rid}`, ...refused.body };
    }
  }

  private async run(route: ApiRoute, call: ApiCall, record: CallRecord, slow: number): Promise<ApiAnswer> {
    if (route.token === 'none') {
      if (slow) await sleep(slow);
      const component = this.world.components.get(record.component_appid);
      if (component) {
        this.access.checkAddress(component, call.ip);
        if (!route.sns) this.quotas.spend(route.path, component.appid);
      }
      return route.handle({ ...call, body: readBody(route, call) });
    }
    const caller = this.access.check(route, this.access.tokenOf(route, call.query), call.ip);
    const { component, authorization } = caller;
    if (!route.sns) this.quotas.spend(route.path, authorization?.merchant.appid ?? component.appid);
    const account = authorization?.merchant.appid ?? component.appid;
    const opened = call.contentType.startsWith('multipart/')
      ? undefined
      : this.security.open(account, call.path, call.headers, call.raw);
    if (opened) record.secured = account;
    const body = readBody(route, opened ? { ...call, raw: opened } : call);
    if (route.token !== 'authorizer' || !authorization) {
      if (slow) await sleep(slow);
      return route.handle({ ...call, body, component, authorization } as never);
    }
    const authorized = { ...call, body, component, authorization, merchant: authorization.merchant };
    if (!route.write) {
      if (slow) await sleep(slow);
      return route.handle(authorized);
    }
    refuse(authorization.merchant.busy, 9402202);
    authorization.merchant.busy = true;
    try {
      await sleep(this.world.settings.write_ms + slow);
      return await route.handle(authorized);
    } finally {
      authorization.merchant.busy = false;
    }
  }

  /** The answer to a call that came encrypted goes so; a file does not, nor a refusal of what could not be opened. */
  private sealed(record: CallRecord, wire: Wire): Wire {
    if (record.secured === undefined || typeof wire.body !== 'string') return wire;
    const { body, headers } = this.security.seal(record.secured, record.path, wire.body);
    return { ...wire, body, headers: { ...wire.headers, ...headers } };
  }

  private send(
    reply: FastifyReply,
    record: CallRecord,
    route: ApiRoute | undefined,
    answer: ApiAnswer,
    fault: Fault | undefined,
  ): void {
    const honestly = honest(route, record, answer, this.world.settings.raw_control_characters);
    const wire = spoilt(fault, record) ?? this.sealed(record, honestly);
    record.http_status = wire.status;
    this.memory.beforeAnswer(record.method);
    if (wire.status === CUT) reply.raw.socket?.destroy();
    if (wire.status <= HUNG) return;
    if (typeof wire.body === 'string') record.response = wire.body;
    const bytes = typeof wire.body === 'string' ? Buffer.from(wire.body) : wire.body;
    reply.raw.writeHead(wire.status, { 'content-type': wire.type, 'content-length': bytes.length, ...wire.headers });
    reply.raw.end(bytes);
  }
}

const HUNG = 0;
const CUT = -1;
const JSON_TYPE = 'application/json; charset=utf-8';

/** What goes back over the wire; a status of `HUNG` or `CUT` is no answer at all. */
interface Wire {
  readonly status: number;
  readonly type: string;
  readonly body: string | Buffer;
  readonly headers?: Record<string, string>;
}

function honest(route: ApiRoute | undefined, record: CallRecord, answer: ApiAnswer, rawControl: boolean): Wire {
  if (answer instanceof Binary) {
    const headers = { 'content-disposition': `attachment; filename="${answer.filename}"` };
    return { status: 200, type: answer.contentType, body: answer.bytes, headers };
  }
  const body = rawControl ? withRawControl(answer) : JSON.stringify(answer);
  return { status: record.http_status, type: route?.sns ? 'text/plain' : JSON_TYPE, body };
}

/** Members that people write, and that WeChat does not always escape. */
const WRITTEN = new Set(['nick_name', 'principal_name', 'signature', 'reason']);
const MARK = '\uE000';

/** No JSON any more: a control character stands unescaped at the front of what people wrote. */
function withRawControl(answer: ApiAnswer): string {
  const marked = JSON.stringify(answer, (name, value) =>
    WRITTEN.has(name) && typeof value === 'string' && value !== '' ? MARK + value : value,
  );
  return marked.replaceAll(MARK, '\u0014');
}

/** The answer a fault puts in the place of the true one; undefined when it only delays. */
function spoilt(fault: Fault | undefined, record: CallRecord): Wire | undefined {
  switch (fault?.action) {
    case 'cut':
      return { status: CUT, type: '', body: '' };
    case 'hang':
      return { status: HUNG, type: '', body: '' };
    case 'status':
      return { status: fault.status, type: fault.content_type ?? 'text/html', body: fault.body ?? GATEWAY_HTML };
    case 'html':
      return { status: 200, type: 'text/html; charset=utf-8', body: fault.body ?? GATEWAY_HTML };
    case 'empty':
      return { status: 200, type: fault.content_type ?? JSON_TYPE, body: '' };
    case 'body':
      return { status: 200, type: fault.content_type ?? JSON_TYPE, body: fault.body ?? '' };
    case 'errcode': {
      record.errcode = fault.errcode;
      const errmsg = `${fault.errmsg ?? new ApiError(fault.errcode, undefined, {}, record.path).message} rid: ${record.rid}`;
      return { status: 200, type: JSON_TYPE, body: JSON.stringify({ errcode: fault.errcode, errmsg, ...fault.details }) };
    }
    default:
      return undefined;
  }
}

function readBody(route: ApiRoute, call: ApiCall): Json {
  const kind = route.body ?? (route.method === 'POST' ? 'json' : 'none');
  if (kind !== 'json') return {};
  refuse(call.raw.length === 0, 44002);
  const textual = call.raw.toString('utf8');
  let parsed: unknown;
  try {
    parsed = JSON.parse(textual);
  } catch {
    throw new ApiError(47001);
  }
  if (!isObject(parsed)) throw new ApiError(47001);
  refuse(route.rawText && ESCAPED_UNICODE.test(textual), 47002);
  return parsed;
}

function splitOnce(value: string, by: string): string[] {
  const at = value.indexOf(by);
  return at < 0 ? [value] : [value.slice(0, at), value.slice(at + 1)];
}
