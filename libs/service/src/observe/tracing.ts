import diagnostics from 'node:diagnostics_channel';
import type { IncomingMessage } from 'node:http';
import {
  type Attributes,
  type Context,
  context,
  ROOT_CONTEXT,
  type Span,
  type SpanContext,
  SpanKind,
  SpanStatusCode,
  TraceFlags,
  type Tracer,
  trace,
} from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { BatchSpanProcessor, ParentBasedSampler, TraceIdRatioBasedSampler, TracerProvider } from '@opentelemetry/sdk-trace';
import Bull, { type Job } from 'bull';
import type { FastifyInstance } from 'fastify';
import type { EarlyHandler } from '../http/early-handler.js';
import { useTraces } from '../log/traces.js';

export interface TracingOptions {
  readonly app: string;
  /** Base URL of an OTLP/HTTP collector; `/v1/traces` is added. */
  readonly endpoint: string;
  /** Share of the traces that begin here and are kept, 0 to 1. */
  readonly ratio: number;
  /** Origins of our own services: only they are told of the trace. */
  readonly propagateTo: readonly string[];
}

export interface Tracing {
  /** Requests become spans; call before routes are added. */
  traceRequests(fastify: Pick<FastifyInstance, 'addHook'>): void;
  /** So do those that are answered before the framework. */
  traceEarly(beforeFramework: EarlyHandler): EarlyHandler;
  /** Sends what is left, and stops tracing. */
  stop(): Promise<void>;
}

const STOP_TIMEOUT_MS = 3_000;

/**
 * OpenTelemetry without patched module loading: requests through Fastify's hooks, MySQL and outgoing calls through the channels that mysql2 and
 * undici publish on, jobs by carrying the trace in their options. Values never become attributes: no statement text, no query string, no payload.
 * This module is loaded only when tracing is on.
 */
export function startTracing(options: TracingOptions): Tracing {
  const provider = new TracerProvider({
    resource: resourceFromAttributes({ 'service.name': `wxplane-${options.app}`, 'service.namespace': 'wxplane' }),
    sampler: new ParentBasedSampler({ root: new TraceIdRatioBasedSampler(options.ratio) }),
    spanProcessors: [
      new BatchSpanProcessor({ exporter: new OTLPTraceExporter({ url: `${options.endpoint.replace(/\/$/, '')}/v1/traces` }) }),
    ],
  });
  const manager = new AsyncLocalStorageContextManager().enable();
  context.setGlobalContextManager(manager);
  const tracer = provider.getTracer('wxplane');
  const undo = [traceMysql(tracer), traceCalls(tracer, new Set(options.propagateTo)), traceJobs(tracer), offerTraces()];
  return {
    traceRequests: (fastify) => traceRequests(tracer, fastify),
    traceEarly: (beforeFramework) => traceEarly(tracer, beforeFramework),
    async stop() {
      for (const step of undo) step();
      const late = new Promise<void>((resolve) => setTimeout(resolve, STOP_TIMEOUT_MS).unref());
      await Promise.race([provider.shutdown().catch(() => {}), late]);
      context.disable();
    },
  };
}

function traceRequests(tracer: Tracer, fastify: Pick<FastifyInstance, 'addHook'>): void {
  const spans = new WeakMap<object, Span>();
  fastify.addHook('onRequest', (request, _reply, done) => {
    const route = request.is404 ? 'unknown' : (request.routeOptions.url ?? 'unknown');
    const parent = callerOf(request);
    const span = tracer.startSpan(
      `${request.method} ${route}`,
      {
        kind: SpanKind.SERVER,
        attributes: { 'http.request.method': request.method, 'http.route': route, 'wxplane.request_id': request.id },
      },
      parent,
    );
    spans.set(request, span);
    context.with(trace.setSpan(parent, span), done);
  });
  fastify.addHook('onResponse', (request, reply, done) => {
    const span = spans.get(request);
    span?.setAttribute('http.response.status_code', reply.statusCode);
    if (reply.statusCode >= 500) span?.setStatus({ code: SpanStatusCode.ERROR });
    span?.end();
    done();
  });
}

/**
 * The trace that a client goes on with. What strangers can reach begins one of its own: whether a trace is kept is no decision of theirs.
 */
const callerOf = ({ url, headers }: Pick<IncomingMessage, 'url' | 'headers'>): Context =>
  url?.startsWith('/v1/') ? extract(headers['traceparent']) : ROOT_CONTEXT;

function traceEarly(tracer: Tracer, beforeFramework: EarlyHandler): EarlyHandler {
  return (request, response) => {
    const parent = callerOf(request);
    const attributes = { 'http.request.method': request.method ?? '' };
    const span = tracer.startSpan(`${request.method} (before the framework)`, { kind: SpanKind.SERVER, attributes }, parent);
    const taken = context.with(trace.setSpan(parent, span), () => beforeFramework(request, response));
    // A span that never ends is never sent: the framework makes its own of this request.
    if (taken) {
      response.once('close', () => {
        span.setAttribute('http.response.status_code', response.statusCode);
        if (response.statusCode >= 500) span.setStatus({ code: SpanStatusCode.ERROR });
        span.end();
      });
    }
    return taken;
  };
}

/** The features' own view of what is traced, see traces.ts. */
function offerTraces(): () => void {
  const current = () => trace.getSpan(context.active());
  useTraces({
    current: () => {
      const span = current();
      return span && inject(span.spanContext());
    },
    continue: (traceparent, work) => context.with(extract(traceparent ?? undefined), work),
    route: (template) => {
      const span = current() as (Span & { readonly attributes?: Attributes }) | undefined;
      span?.updateName(`${span.attributes?.['http.request.method'] ?? ''} ${template}`.trim());
      span?.setAttribute('http.route', template);
    },
  });
  return () => useTraces(undefined);
}

interface MysqlMessage {
  readonly query?: string;
  readonly error?: { readonly code?: string };
}

/** Only statements that belong to something: pollers that find nothing would drown everything else. */
function traceMysql(tracer: Tracer): () => void {
  const spans = new WeakMap<object, Span>();
  const handlers = {
    start(message: unknown) {
      if (!trace.getSpan(context.active())) return;
      const statement = describeStatement((message as MysqlMessage).query ?? '');
      spans.set(
        message as object,
        tracer.startSpan(`mysql ${statement}`, { kind: SpanKind.CLIENT, attributes: { 'db.system.name': 'mysql' } }),
      );
    },
    error(message: unknown) {
      const { code } = (message as MysqlMessage).error ?? {};
      spans.get(message as object)?.setStatus({ code: SpanStatusCode.ERROR, ...(code ? { message: code } : {}) });
    },
    asyncStart: (message: unknown) => spans.get(message as object)?.end(),
    end() {},
    asyncEnd() {},
  };
  const channels = ['mysql2:query', 'mysql2:execute'].map((name) => diagnostics.tracingChannel(name));
  for (const channel of channels) channel.subscribe(handlers);
  return () => {
    for (const channel of channels) channel.unsubscribe(handlers);
  };
}

/** `SELECT f_wechat_event`: what is done to which table. The text itself may hold values. */
function describeStatement(sql: string): string {
  const verb = /^\s*([A-Za-z]+)/.exec(sql)?.[1]?.toUpperCase() ?? 'statement';
  const table = /\b(?:FROM|INTO|UPDATE|TABLE)\s+`?(\w+)/i.exec(sql)?.[1];
  return table ? `${verb} ${table}` : verb;
}

interface UndiciRequest {
  readonly method: string;
  readonly origin: string | URL;
  readonly path: string;
  addHeader(name: string, value: string): void;
}

function traceCalls(tracer: Tracer, propagateTo: ReadonlySet<string>): () => void {
  const spans = new WeakMap<object, Span>();
  const onCreate = (message: unknown) => {
    const { request } = message as { request: UndiciRequest };
    if (!trace.getSpan(context.active())) return;
    const { host, origin } = new URL(String(request.origin));
    // Tokens ride in query strings, appids and ids in paths: the host and the method must do.
    const span = tracer.startSpan(`${request.method} ${host}`, {
      kind: SpanKind.CLIENT,
      attributes: { 'http.request.method': request.method, 'server.address': host },
    });
    spans.set(request, span);
    if (propagateTo.has(origin)) request.addHeader('traceparent', inject(span.spanContext()));
  };
  const onHeaders = (message: unknown) => {
    const { request, response } = message as { request: object; response: { statusCode: number } };
    spans.get(request)?.setAttribute('http.response.status_code', response.statusCode);
  };
  const onEnd = (message: unknown) => spans.get((message as { request: object }).request)?.end();
  const onError = (message: unknown) => {
    const span = spans.get((message as { request: object }).request);
    span?.setStatus({ code: SpanStatusCode.ERROR });
    span?.end();
  };
  const subscriptions = [
    ['undici:request:create', onCreate],
    ['undici:request:headers', onHeaders],
    ['undici:request:trailers', onEnd],
    ['undici:request:error', onError],
  ] as const;
  for (const [name, handler] of subscriptions) diagnostics.subscribe(name, handler);
  return () => {
    for (const [name, handler] of subscriptions) diagnostics.unsubscribe(name, handler);
  };
}

type NewJob = { readonly opts?: object; readonly [part: string]: unknown };

interface QueuePrototype {
  add(this: { name: string }, ...args: unknown[]): unknown;
  addBulk(this: { name: string }, jobs: readonly NewJob[]): unknown;
  setHandler(this: { name: string }, name: string, handler: unknown): void;
}

/** A job carries the trace in its options, beside its tries; whoever works on it goes on with that trace. */
function traceJobs(tracer: Tracer): () => void {
  const prototype = Bull.prototype as unknown as QueuePrototype;
  const { add, addBulk, setHandler } = prototype;
  /** Whoever adds jobs of many traces at once has said already which each belongs to. */
  const withTrace = (options: object | undefined) => {
    const active = trace.getSpan(context.active());
    return active ? { traceparent: inject(active.spanContext()), ...options } : options;
  };
  prototype.add = function (...args) {
    const named = typeof args[0] === 'string';
    const [name, data, options] = named ? args : [undefined, ...args];
    const traced = withTrace(options as object | undefined);
    return add.apply(this, named ? [name, data, traced] : [data, traced]);
  };
  prototype.addBulk = function (jobs) {
    return addBulk.call(
      this,
      jobs.map((job) => {
        const opts = withTrace(job.opts);
        return opts ? { ...job, opts } : job;
      }),
    );
  };
  prototype.setHandler = function (name, handler) {
    // A path of a file, or a handler that calls back: left alone.
    if (typeof handler !== 'function' || handler.length > 1) return setHandler.call(this, name, handler);
    const queue = this.name;
    const traced = (job: Job) => {
      const parent = extract((job.opts as { traceparent?: string }).traceparent);
      const span = tracer.startSpan(
        `job ${queue} ${job.name}`,
        { kind: SpanKind.CONSUMER, attributes: jobAttributes(job, queue) },
        parent,
      );
      return context.with(trace.setSpan(parent, span), async () => {
        try {
          return await (handler as (job: Job) => unknown)(job);
        } catch (error) {
          span.setStatus({ code: SpanStatusCode.ERROR, message: (error as Error).name });
          throw error;
        } finally {
          span.end();
        }
      });
    };
    return setHandler.call(this, name, traced);
  };
  return () => {
    Object.assign(prototype, { add, addBulk, setHandler });
  };
}

function jobAttributes(job: Job, queue: string): Attributes {
  const { eventId, releaseId } = (job.data ?? {}) as { eventId?: string; releaseId?: number };
  return {
    'messaging.system': 'bull',
    'messaging.destination.name': queue,
    'wxplane.job_id': String(job.id),
    'wxplane.attempt': job.attemptsMade + 1,
    ...(eventId === undefined ? {} : { 'wxplane.event_id': String(eventId) }),
    ...(releaseId === undefined ? {} : { 'wxplane.release_id': String(releaseId) }),
  };
}

const TRACEPARENT = /^00-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})$/;

/** W3C Trace Context, https://www.w3.org/TR/trace-context/ */
function inject({ traceId, spanId, traceFlags }: SpanContext): string {
  return `00-${traceId}-${spanId}-${traceFlags.toString(16).padStart(2, '0')}`;
}

function extract(header: string | string[] | undefined): Context {
  const match = typeof header === 'string' ? TRACEPARENT.exec(header) : null;
  if (!match?.[1] || !match[2] || /^0+$/.test(match[1]) || /^0+$/.test(match[2])) return ROOT_CONTEXT;
  const traceFlags = Number.parseInt(match[3] ?? '0', 16) & TraceFlags.SAMPLED;
  return trace.setSpanContext(ROOT_CONTEXT, { traceId: match[1], spanId: match[2], traceFlags, isRemote: true });
}
