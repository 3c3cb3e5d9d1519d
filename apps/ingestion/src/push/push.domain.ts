import { hash } from 'node:crypto';
import { dedupeKey, formerDedupeKey, type OpenedPush, parseEvent, type WechatEvent, XmlRefusedError } from '#wechat';

/** What a verified push is about, before anything is stored. */
export interface Incoming {
  readonly componentAppid: string;
  readonly authorizerAppid: string | null;
  readonly family: 'component' | 'authorizer';
  /** At most 96 characters. */
  readonly kind: string;
  readonly dedupeKey: string;
  /** The key that the release before would have given; `undefined`: the same one. */
  readonly formerKey: string | undefined;
  readonly msgSignature: string;
  readonly toUserName: string | null;
  /** Milliseconds; `null` when WeChat sent none that can be a date. */
  readonly createTimeMs: number | null;
  readonly state: 'received' | 'stale' | 'mismatch';
  readonly note: string | null;
  readonly xml: string;
  readonly ticket: string | null;
  /** `undefined`: the content is neither XML nor JSON that could be read. */
  readonly event: WechatEvent | undefined;
}

export interface PushContext {
  readonly componentAppid: string;
  /** From the path of the message event URL; `undefined` on the auth event URL. */
  readonly pathAppid: string | undefined;
  readonly nowMs: number;
  readonly maxAgeMs: number;
}

/** Kind of content that is signed and decrypts, but that nobody can read. */
export const UNREADABLE = 'unreadable';

/** 2100-01-01: a later time is not one. */
const LAST_TIME_S = 4_102_444_800;

/** Reads a verified push. Never throws for strange content: whatever WeChat signed is kept. */
export function readPush(opened: OpenedPush, context: PushContext): Incoming {
  const { componentAppid, pathAppid } = context;
  const { event, problem } = tryParse(opened.xml);
  const family = pathAppid === undefined ? 'component' : (event?.family ?? 'authorizer');
  const toUserName = (event && 'ToUserName' in event && event.ToUserName) || null;
  // The path is not signed. A component's own event says itself whom it is about, whatever URL it came to.
  const believedAppid = family === 'authorizer' ? pathAppid : undefined;
  const dedupe = { componentAppid, ...(believedAppid === undefined ? {} : { authorizerAppid: believedAppid }) };
  return {
    componentAppid,
    authorizerAppid: cut(believedAppid ?? (event ? subjectOf(event) : undefined), 64),
    family,
    kind: kindOf(event),
    dedupeKey: event ? dedupeKey(event, opened.xml, dedupe) : contentKey(componentAppid, opened.xml),
    formerKey: event && formerDedupeKey(event, dedupe),
    msgSignature: opened.msgSignature,
    toUserName: cut(toUserName ?? undefined, 64),
    createTimeMs: timeMs(event?.createTime),
    ...judge(event, problem, opened, context),
    xml: opened.xml,
    ticket: event?.kind === 'component_verify_ticket' ? event.ComponentVerifyTicket : null,
    event,
  };
}

function judge(
  event: WechatEvent | undefined,
  problem: string | undefined,
  opened: OpenedPush,
  { componentAppid, nowMs, maxAgeMs }: PushContext,
): Pick<Incoming, 'state' | 'note'> {
  const appId = event && 'AppId' in event && event.family === 'component' ? event.AppId : undefined;
  if (appId !== undefined && appId !== componentAppid) {
    return { state: 'mismatch', note: 'the content names another component' };
  }
  // Signed by WeChat at that time; a repetition comes within seconds, so this one was recorded by somebody. Not of ten digits, or far
  // ahead: digits of the nonce were moved to the time, which changes no signature.
  const ageMs = signedAgeMs(opened.timestamp, nowMs);
  if (ageMs === undefined || ageMs < -maxAgeMs) {
    return { state: 'stale', note: 'signed at a time that has not come yet: recorded and changed?' };
  }
  if (ageMs > maxAgeMs) {
    return { state: 'stale', note: 'signed too long ago: recorded and sent again?' };
  }
  return { state: 'received', note: problem === undefined ? null : `cannot be read: ${problem}` };
}

/** @returns how long ago a push was signed, by our clock; `undefined`: no time of WeChat's has that form */
export function signedAgeMs(timestamp: string, nowMs: number): number | undefined {
  return /^\d{10}$/.test(timestamp) ? nowMs - Number(timestamp) * 1_000 : undefined;
}

function tryParse(xml: string): { event?: WechatEvent; problem?: string } {
  try {
    return { event: parseEvent(xml) };
  } catch (error) {
    if (error instanceof XmlRefusedError) return { problem: error.message };
    throw error;
  }
}

function kindOf(event: WechatEvent | undefined): string {
  if (!event) return UNREADABLE;
  if (event.kind !== 'unknown') return event.kind;
  return event.name.slice(0, 96) || 'unknown';
}

/** The account a component's own event is about. */
function subjectOf(event: WechatEvent): string | undefined {
  for (const name of ['AuthorizerAppid', 'authorizer_appid', 'verify_appid', 'appid']) {
    const value = (event as unknown as Record<string, unknown>)[name];
    if (typeof value === 'string' && value !== '') return value;
  }
  return undefined;
}

function timeMs(seconds: number | undefined): number | null {
  return seconds !== undefined && seconds > 0 && seconds < LAST_TIME_S ? Math.floor(seconds) * 1_000 : null;
}

function cut(text: string | undefined, length: number): string | null {
  return text === undefined || text === '' ? null : text.slice(0, length);
}

function contentKey(componentAppid: string, xml: string): string {
  return hash('sha256', JSON.stringify([componentAppid, UNREADABLE, xml]), 'hex');
}
