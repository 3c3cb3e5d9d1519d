import type { RequestListener, Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { request as send } from 'undici';
import { BrokerClient, BrokerError } from '#broker-client';
import { APPID, brokenRequestAnswer, createListener, type ListenerSettings, type Logger } from '#service';
import { peerCheck } from './peers.js';
import type { SidecarConfig } from './sidecar.config.js';

/** Nobody outside this machine (or pod) reaches it; who of those beside may ask `peerCheck` says. */
const LOOPBACK = '127.0.0.1';
/** `localhost` is this one, too, where a program prefers IPv6. */
const LOOPBACK_6 = '::1';
const NO_IPV6 = new Set(['EADDRNOTAVAIL', 'EAFNOSUPPORT']);

/** wxcomponent's codes: 1007 there is no ticket yet; 1002 anything else. */
const NO_TICKET = 1007;
const FAILED = 1002;
const TICKET_TIMEOUT_MS = 10_000;

interface Inner {
  readonly code: number;
  readonly errorMsg: string;
  readonly data: Readonly<Record<string, string>>;
}

export interface RunningSidecar {
  readonly port: number;
  close(): Promise<void>;
}

/**
 * wxcomponent's inner routes in front of the broker, so that services written for it need no change:
 * `GET /inner/authorizer-access-token?appid=`, and where the setting says so `GET /inner/component-access-token` and `GET /inner/ticket`.
 */
export async function startSidecar(
  config: SidecarConfig,
  logger: Logger,
  bounds: ListenerSettings = {},
): Promise<RunningSidecar> {
  const broker = new BrokerClient({ baseUrl: config.BROKER_URL, clientKey: config.BROKER_CLIENT_KEY });
  const component = config.COMPONENT_APPID;
  const check = peerCheck(config);

  const answer = async (target: string): Promise<Inner | undefined> => {
    // Anybody beside may send what is no address at all: `//`.
    const url = URL.parse(target, 'http://inner');
    switch (url?.pathname) {
      case '/inner/component-access-token':
        if (!config.SIDECAR_COMPONENT_SECRETS) return NOT_GIVEN;
        return good({ token: await broker.componentToken(component) });
      case '/inner/authorizer-access-token': {
        const appid = url?.searchParams.get('appid') ?? '';
        if (!APPID.test(appid)) return { code: FAILED, errorMsg: 'appid is missing', data: {} };
        return good({ token: await broker.authorizerToken(component, appid) });
      }
      case '/inner/ticket':
        if (!config.SIDECAR_COMPONENT_SECRETS) return NOT_GIVEN;
        return good({ ticket: await readTicket(config) });
      default:
        return undefined;
    }
  };

  const listener: ListenerSettings = {
    ...bounds,
    onRefused: (reason) => logger.warn({ event: 'http.refused', reason }, 'A connection was cut, or a request not understood'),
  };
  const handle: RequestListener = (request, response) => {
    // A page in a browser on this machine must not read tokens: it sends its own name as Host or Origin.
    const host = (request.headers.host ?? '').replace(/:\d+$/, '');
    if (request.method !== 'GET' || request.headers.origin !== undefined || !['127.0.0.1', '[::1]', 'localhost'].includes(host)) {
      response.writeHead(403).end();
      return;
    }
    check(request)
      .then((refused) => {
        if (refused === undefined) return answer(request.url ?? '/');
        logger.warn({ event: 'sidecar.stranger', reason: refused }, 'Somebody beside asked who may not');
        return refused === 'uid' ? OTHER_USER : NO_KEY;
      })
      .catch((error: unknown): Inner => bad(error, logger))
      .then((inner) => {
        if (inner === undefined) {
          response.writeHead(404).end();
          return;
        }
        // What is written for wxcomponent looks at the code; who is refused is told by the status as well.
        response.writeHead(inner === OTHER_USER ? 403 : inner === NO_KEY ? 401 : 200, {
          'content-type': 'application/json; charset=utf-8',
          'cache-control': 'no-store',
        });
        response.end(JSON.stringify(inner));
      })
      .catch(() => response.destroy());
  };
  const listen = (host: string, port: number) =>
    new Promise<Server>((resolve, reject) => {
      const server = createListener(listener, handle);
      server.on('clientError', brokenRequestAnswer(listener));
      server.once('error', reject).listen(port, host, () => resolve(server));
    });
  const first = await listen(LOOPBACK, config.SIDECAR_PORT);
  const { port } = first.address() as AddressInfo;
  const servers = [first];
  try {
    servers.push(await listen(LOOPBACK_6, port));
  } catch (error) {
    if (!NO_IPV6.has((error as NodeJS.ErrnoException).code ?? '')) {
      first.close();
      throw error;
    }
  }
  return {
    port,
    async close() {
      for (const server of servers) server.closeIdleConnections();
      await Promise.all(servers.map((server) => new Promise<void>((resolve) => server.close(() => resolve()))));
      await broker.close();
    },
  };
}

/** Said only to whoever asks, since most services need merchants' tokens alone. */
const NOT_GIVEN: Inner = {
  code: FAILED,
  errorMsg: 'forbidden: this sidecar gives out merchants’ tokens only; SIDECAR_COMPONENT_SECRETS=true changes that',
  data: {},
};

const OTHER_USER: Inner = {
  code: FAILED,
  errorMsg: 'forbidden: this sidecar answers programs of the users in SIDECAR_UIDS only',
  data: {},
};
const NO_KEY: Inner = {
  code: FAILED,
  errorMsg: 'unauthorized: this sidecar wants SIDECAR_KEY, as "Authorization: Bearer" or as the password in its address',
  data: {},
};

const good = (data: Readonly<Record<string, string>>): Inner => ({ code: 0, errorMsg: '', data });

function bad(error: unknown, logger: Logger): Inner {
  const message = error instanceof Error ? error.message : String(error);
  logger.warn({ event: 'sidecar.refused', problem: message }, 'A token could not be given');
  const noTicket = error instanceof BrokerError && error.code === 'ticket-missing';
  return { code: noTicket ? NO_TICKET : FAILED, errorMsg: message, data: {} };
}

/** Tickets are for this one purpose: not part of the published client. */
async function readTicket({ BROKER_URL, BROKER_CLIENT_KEY, COMPONENT_APPID }: SidecarConfig): Promise<string> {
  const { statusCode, body } = await send(`${BROKER_URL.replace(/\/+$/, '')}/v1/components/${COMPONENT_APPID}/ticket`, {
    headers: { authorization: `Bearer ${BROKER_CLIENT_KEY}` },
    headersTimeout: TICKET_TIMEOUT_MS,
    bodyTimeout: TICKET_TIMEOUT_MS,
  });
  const { ticket, type, detail } = (await body.json()) as { ticket?: string; type?: string; detail?: string };
  if (ticket) return ticket;
  const code = type?.replace('urn:wxplane:problem:', '') ?? 'broker-unreachable';
  throw new BrokerError({ code, detail: detail ?? `The broker answered HTTP ${statusCode}.`, status: statusCode });
}
