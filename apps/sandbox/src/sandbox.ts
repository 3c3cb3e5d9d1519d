import 'reflect-metadata';
import { BadRequestException, ValidationPipe } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyRequest } from 'fastify';
import { AppModule } from './app.module.js';
import type { SandboxConfig, SandboxSetup } from './config/sandbox.config.js';
import { Dispatcher } from './core/dispatcher.service.js';
import { Memory } from './memory/memory.service.js';
import { SetupService } from './setup.service.js';

const LARGEST_BODY = 16 * 1024 * 1024;
/** A request that never ends must not stay for ever; Fastify's own setting would let it. */
const REQUEST_TIMEOUT_MS = 60_000;

export interface RunningSandbox {
  readonly url: string;
  close(): Promise<void>;
}

/** Starts a sandbox; used by `main.ts` and by the tests. */
export async function startSandbox(
  config: Pick<SandboxConfig, 'SANDBOX_HOST' | 'SANDBOX_PORT' | 'SANDBOX_STATE_FILE'>,
  setup?: SandboxSetup,
): Promise<RunningSandbox> {
  // Hung and idle connections must not keep the process from ending.
  const adapter = new FastifyAdapter({
    forceCloseConnections: true,
    bodyLimit: LARGEST_BODY,
    requestTimeout: REQUEST_TIMEOUT_MS,
  });
  const app = await NestFactory.create<NestFastifyApplication>(AppModule, adapter, {
    bodyParser: false,
    logger: ['warn', 'error', 'fatal'],
    abortOnError: false,
  });
  app.useGlobalPipes(new ValidationPipe({ whitelist: true, forbidNonWhitelisted: true, transform: true }));
  const fastify = adapter.getInstance();
  fastify.removeAllContentTypeParsers();
  fastify.addContentTypeParser('*', { parseAs: 'buffer' }, (request, body, done) => {
    try {
      done(null, readBody(request, body as Buffer));
    } catch {
      done(new BadRequestException('body is not JSON'));
    }
  });
  const memory = app.get(Memory);
  if (config.SANDBOX_STATE_FILE) memory.open(config.SANDBOX_STATE_FILE);
  fastify.addHook('onSend', async (request) => memory.beforeAnswer(request.method));
  const dispatcher = app.get(Dispatcher);
  for (const url of ['/cgi-bin/*', '/wxa/*', '/wxaapi/*', '/sns/*']) {
    fastify.all(url, (request, reply) => dispatcher.handle(request, reply));
  }
  app.get(SetupService).apply(setup ?? { components: [], merchants: [], templates: [] });
  await app.listen(config.SANDBOX_PORT, config.SANDBOX_HOST);
  return { url: await app.getUrl(), close: () => app.close() };
}

/** The control API speaks JSON, the consent form is text; WeChat's APIs judge the raw bytes themselves. */
function readBody(request: FastifyRequest, body: Buffer): unknown {
  if (request.url.startsWith('/_control')) return body.length > 0 ? JSON.parse(body.toString('utf8')) : {};
  return request.url.startsWith('/_consent') ? body.toString('utf8') : body;
}
