import type { WechatEvent } from '#wechat';

/** Codes and tickets are for the broker alone. */
export const SECRET_FIELDS: ReadonlySet<string> = new Set([
  'AuthorizationCode',
  'PreAuthCode',
  'auth_code',
  'ComponentVerifyTicket',
  'ticket',
]);

/** Where wxcomponent puts the account's appid, in the paths that it forwards to. */
const APPID_PLACE = '$APPID$';

/** The URL that an event about this account is posted to. */
export function targetUrl(url: string, format: 'wxplane' | 'wxcomponent', authorizerAppid: string | null): string {
  return format === 'wxcomponent' && authorizerAppid ? url.replaceAll(APPID_PLACE, encodeURIComponent(authorizerAppid)) : url;
}

/** Pauses in seconds after the first, second, … failed attempt. */
export function parseSchedule(text: string): number[] {
  return text.split(',').map((part) => Number(part.trim()));
}

/**
 * When to try again.
 * @param attempts made so far, at least 1
 * @param retryAfterS what the subscriber asked for
 * @returns seconds from now; `undefined` when the schedule is used up
 */
export function nextPauseS(
  schedule: readonly number[],
  attempts: number,
  retryAfterS = 0,
  random = Math.random(),
): number | undefined {
  const pause = schedule[attempts - 1];
  if (pause === undefined) return undefined;
  // Up to a tenth more, so that what failed together does not come back together.
  return Math.max(pause * (1 + random / 10), Math.min(retryAfterS, 86_400));
}

/** The id a receiver recognises a repetition by. A replay is a message of its own. */
export function messageId(eventId: string, replay: string): string {
  return replay === '' ? `evt_${eventId}` : `evt_${eventId}_${replay}`;
}

export interface Envelope {
  readonly id: string;
  readonly eventId: string | null;
  readonly kind: string;
  readonly componentAppid: string | null;
  readonly authorizerAppid: string | null;
  readonly receivedAt: Date;
  readonly replay: boolean;
}

/** Our body: an envelope, and the typed event with WeChat's own field names. */
export function wxplaneBody(envelope: Envelope, data: unknown): string {
  return JSON.stringify({
    id: envelope.id,
    type: envelope.kind,
    timestamp: envelope.receivedAt.toISOString(),
    event_id: envelope.eventId,
    component_appid: envelope.componentAppid,
    authorizer_appid: envelope.authorizerAppid,
    replay: envelope.replay,
    data,
  });
}

/** The typed event as subscribers see it: without codes and tickets. */
export function publicEvent(event: WechatEvent): unknown {
  return withoutSecrets(event);
}

/** The plain JSON that WeChat's own wxcomponent forwards: WeChat's fields at the top, 64-bit ids as numbers. */
export function wxcomponentBody(event: WechatEvent): string {
  const { kind: _kind, family: _family, createTime, extra, raw, ...fields } = withoutSecrets(event) as Record<string, unknown>;
  const { name: _name, why: _why, ...known } = fields;
  const flat: Record<string, unknown> = raw ? { ...(raw as object) } : { ...known, ...(extra as object | undefined) };
  if (raw && typeof createTime === 'number') flat['CreateTime'] = createTime;
  return JSON.stringify(flat, (key, value) =>
    /^Msg(Id|ID)$/.test(key) && typeof value === 'string' && /^\d{1,20}$/.test(value) ? rawNumber(value) : value,
  );
}

function rawNumber(digits: string): unknown {
  return (JSON as unknown as { rawJSON(text: string): unknown }).rawJSON(digits.replace(/^0+(?=\d)/, ''));
}

function withoutSecrets(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutSecrets);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([name]) => !SECRET_FIELDS.has(name))
      .map(([name, inner]) => [name, withoutSecrets(inner)]),
  );
}
