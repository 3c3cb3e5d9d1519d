import { AsyncLocalStorage } from 'node:async_hooks';
import { effectOf, type ProtectedEffectId } from './effects.js';

/** Leave to bring one effect about, for one account. */
export interface EffectPass {
  readonly effect: ProtectedEffectId;
  readonly componentAppid: string;
  /** Absent: it concerns the component itself. */
  readonly authorizerAppid?: string | undefined;
  /**
   * Looked at just before each sending: getting a token and waiting for others may take a while, in which somebody takes their word back.
   * What it throws goes to whoever called, and nothing is sent.
   */
  readonly agreed?: () => Promise<void>;
}

/** What of a call tells whether it changes anything. */
interface Sent {
  readonly path: string;
  readonly query?: Readonly<Record<string, unknown>> | undefined;
  readonly body?: unknown;
}

const given = new AsyncLocalStorage<EffectPass>();

/** Does `work` with leave for this effect. Only the gate calls it (`EffectGate` in libs/service). */
export function withPass<T>(pass: EffectPass, work: () => T): T {
  return given.run(pass, work);
}

/** By these paths WeChat answers what is set when `action` says so, and changes it otherwise. */
const READS: ReadonlyMap<string, readonly string[]> = new Map([
  ['/wxa/modify_domain', ['get']],
  ['/wxa/modify_domain_directly', ['get']],
  ['/wxa/setwebviewdomain', ['get']],
  ['/wxa/setwebviewdomain_directly', ['get']],
  ['/wxa/plugin', ['list']],
  ['/wxa/revertcoderelease', ['get_history_version']],
  ['/cgi-bin/component/modify_wxa_server_domain', ['get']],
  ['/cgi-bin/component/modify_wxa_jump_domain', ['get']],
  ['/wxa/component/fastregisterenterpriseweapp', ['query']],
  ['/wxa/component/fastregisterpersonalweapp', ['query']],
  ['/wxa/component/fastnormalizebetaweapp', ['query']],
]);

/** Protected for clients of the proxy by the prefix it stands below; on its own it makes a code for a page, and changes nothing. */
const WITHOUT_EFFECT: ReadonlySet<string> = new Set(['/cgi-bin/component/api_create_preauthcode']);

/** Whether a call by a protected path changes nothing. */
export function onlyReads({ path, query, body }: Sent): boolean {
  if (WITHOUT_EFFECT.has(path)) return true;
  const reads = READS.get(path) ?? [];
  const actions = [(body as { action?: unknown } | undefined)?.action, query?.['action']].filter(
    (action) => action !== undefined,
  );
  return actions.length > 0 && actions.every((action) => typeof action === 'string' && reads.includes(action));
}

/**
 * Stands before everything that is sent to WeChat: a protected effect needs the leave of the gate, for this very account. That there is
 * none is an error of the program and not of a caller: somebody has called WeChat past the gate.
 * @returns the leave that it needs; `undefined`: none
 * @throws Error
 */
export function requirePass(
  sent: Sent,
  about: { readonly componentAppid?: string; readonly authorizerAppid?: string } = {},
): EffectPass | undefined {
  const reading = effectOf(sent.path);
  if (reading.kind !== 'protected' || onlyReads(sent)) return undefined;
  const pass = given.getStore();
  const fits =
    pass?.effect === reading.effect.id &&
    (about.componentAppid === undefined || about.componentAppid === pass.componentAppid) &&
    (about.authorizerAppid === undefined || about.authorizerAppid === pass.authorizerAppid);
  if (!fits) throw new Error(`${sent.path} (${reading.effect.id}) was called past the effect gate`);
  return pass;
}
