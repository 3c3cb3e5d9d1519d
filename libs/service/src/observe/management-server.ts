import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { collectDefaultMetrics, type Registry } from 'prom-client';
import type { HealthRegistry } from './health.js';

/** Health and metrics on a port of their own, which is never reachable from outside. */
export class ManagementServer {
  private readonly server: Server;

  constructor(
    private readonly health: HealthRegistry,
    private readonly metrics: Registry,
  ) {
    if (!metrics.getSingleMetric('process_cpu_seconds_total')) collectDefaultMetrics({ register: metrics });
    this.server = createServer((request, response) => {
      this.answer(request.url ?? '/').then(
        ({ status, type, body }) => response.writeHead(status, { 'content-type': type, 'cache-control': 'no-store' }).end(body),
        () => response.writeHead(500).end(),
      );
    });
  }

  async listen(host: string, port: number): Promise<number> {
    await new Promise<void>((resolve, reject) => this.server.once('error', reject).listen(port, host, resolve));
    return (this.server.address() as AddressInfo).port;
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise<void>((resolve) => this.server.close(() => resolve()));
  }

  private async answer(url: string): Promise<{ status: number; type: string; body: string }> {
    switch (url.split('?')[0]) {
      case '/health/live':
        return json(200, { status: 'up' });
      case '/health/ready': {
        const report = await this.health.ready();
        return json(report.status === 'up' || report.status === 'degraded' ? 200 : 503, report);
      }
      case '/metrics':
        return { status: 200, type: this.metrics.contentType, body: await this.metrics.metrics() };
      default:
        return json(404, { title: 'Here are /health/live, /health/ready and /metrics' });
    }
  }
}

const json = (status: number, body: unknown) => ({ status, type: 'application/json', body: `${JSON.stringify(body)}\n` });
