import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface OtlpSpan {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly name: string;
  readonly attributes: readonly { readonly key: string; readonly value: Record<string, unknown> }[];
  /** `service.name` of who sent it. */
  readonly service: string;
}

interface ResourceSpans {
  readonly resource: { readonly attributes: OtlpSpan['attributes'] };
  readonly scopeSpans: readonly { readonly spans: readonly Omit<OtlpSpan, 'service'>[] }[];
}

/** The spans of a body that was sent to `/v1/traces`. */
export function spansOf(body: string): OtlpSpan[] {
  return (JSON.parse(body) as { resourceSpans: ResourceSpans[] }).resourceSpans.flatMap(({ resource, scopeSpans }) => {
    const service = String(resource.attributes.find(({ key }) => key === 'service.name')?.value['stringValue']);
    return scopeSpans.flatMap(({ spans }) => spans.map((span) => ({ ...span, service })));
  });
}

export interface OtlpCollector {
  readonly url: string;
  /** What has been sent so far. */
  readonly spans: readonly OtlpSpan[];
  stop(): void;
}

/** An OTLP/HTTP collector that keeps what it is sent. */
export async function startOtlpCollector(): Promise<OtlpCollector> {
  const spans: OtlpSpan[] = [];
  const server = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request.setEncoding('utf8')) body += chunk;
    spans.push(...spansOf(body));
    response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const stop = () => {
    server.close();
    server.closeAllConnections();
  };
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, spans, stop };
}
