import { Inject, Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { Counter, Registry } from 'prom-client';
import { type Client, ComponentRegistry, DomainError, EffectGate, LOGGER, type Logger, mayUse } from '#service';
import { PROTECTED_EFFECTS } from '#wechat';
import { BrokerConfig } from '../config/broker.config.js';
import { type GateReason, type GateVerdict, judge } from './proxy.domain.js';

/** The same call of the same client is logged once in that time; the counter counts each. */
const LOGGED_EVERY_MS = 60_000;
const UNKNOWN = 'unknown';

export interface GatedCall {
  readonly componentAppid: string;
  readonly authorizerAppid: string | undefined;
  readonly path: string;
  readonly client: Client;
}

/** Which calls of the proxy may come before the effect gate at all; and says what it did. */
@Injectable()
export class ProxyGate {
  private readonly counter: Counter<'effect' | 'decision'>;
  private readonly logged = new LRUCache<string, true>({ max: 10_000, ttl: LOGGED_EVERY_MS });

  constructor(
    private readonly components: ComponentRegistry,
    private readonly effects: EffectGate,
    private readonly config: BrokerConfig,
    @Inject(LOGGER) private readonly logger: Logger,
    metrics: Registry,
  ) {
    this.counter = new Counter({
      name: 'wxplane_proxy_protected_total',
      help: 'Calls through the proxy with a protected effect, or beyond the default paths (unknown), by effect and decision',
      labelNames: ['effect', 'decision'],
      registers: [metrics],
    });
    for (const effect of [...PROTECTED_EFFECTS.map(({ id }) => id), UNKNOWN])
      for (const decision of ['allowed', 'warned', 'refused'] as const) this.counter.inc({ effect, decision }, 0);
  }

  /** What the gate says of a call; `undefined`: it is none of its business. Has no effect, so that the audit log may ask again. */
  judge({ componentAppid, path, client }: Omit<GatedCall, 'authorizerAppid'>): GateVerdict | undefined {
    return judge(
      path,
      { proxyPaths: client.proxyPaths, mayRelease: mayUse(client, 'releases.publish') },
      {
        twoPerson: this.components.requiresSecondPerson(componentAppid),
        onProtected: this.config.PROXY_PROTECTED_EFFECTS,
      },
    );
  }

  /** Does the call if it may be done. @throws DomainError `protected-effect` */
  async pass<T>(call: GatedCall, work: () => Promise<T>): Promise<T> {
    const verdict = this.judge(call);
    if (verdict === undefined) return work();
    this.tell(call, verdict);
    if (verdict.decision === 'refused') throw refusal(call, verdict);
    if (verdict.effect === undefined) return work();
    const { componentAppid, authorizerAppid } = call;
    return this.effects.require({ effect: verdict.effect.id, componentAppid, authorizerAppid }, work);
  }

  private tell({ client, componentAppid, path }: GatedCall, { effect, reason, decision }: GateVerdict): void {
    const named = effect?.id ?? UNKNOWN;
    this.counter.inc({ effect: named, decision });
    if (decision === 'allowed') return;
    const key = `${client.clientId} ${componentAppid} ${path} ${decision}`;
    if (this.logged.has(key)) return;
    this.logged.set(key, true);
    this.logger.warn(
      { event: 'proxy.protected', clientId: client.clientId, componentAppid, path, effect: named, reason, decision },
      decision === 'warned'
        ? 'A call through the proxy will be refused once PROXY_PROTECTED_EFFECTS is refuse'
        : 'A call through the proxy was refused',
    );
  }
}

const WHY: Readonly<Record<GateReason, string>> = {
  'two-person': 'the component has two_person: required, and the proxy cannot ask a second person',
  'not-named': 'the path is not in the proxy_paths of this client',
  'no-releases-write': 'this client lacks the scope releases:write',
};

function refusal({ path }: GatedCall, { effect, reason = 'not-named' }: GateVerdict): DomainError {
  const what = effect ? `${effect.words.en.toLowerCase()} (${effect.id})` : 'not known to be harmless';
  return new DomainError('protected-effect', `${path}: ${what}; ${WHY[reason]}.`, {
    remedy: remedyFor(effect, reason),
    members: { effect: effect?.id ?? UNKNOWN, reason, instead: effect?.instead ?? null },
  });
}

function remedyFor(effect: GateVerdict['effect'], reason: GateReason): { en: string; zh: string } {
  if (effect === undefined)
    return {
      en: 'An administrator can put the path into the proxy_paths of this client.',
      zh: '管理员可将该路径加入此客户端的 proxy_paths。',
    };
  const instead = effect.instead;
  const route = instead ? { en: `Use the release app: ${instead}.`, zh: `请改用 release 应用：${instead}。` } : undefined;
  const named = {
    en: 'An administrator can name the path in proxy_paths and give the scope releases:write.',
    zh: '管理员可在 proxy_paths 中写明该路径，并授予 releases:write 权限。',
  };
  if (reason === 'two-person') return route ?? { en: 'Do it in WeChat’s console.', zh: '请在微信开放平台或小程序后台操作。' };
  return { en: [route?.en, named.en].filter(Boolean).join(' '), zh: [route?.zh, named.zh].filter(Boolean).join('') };
}
