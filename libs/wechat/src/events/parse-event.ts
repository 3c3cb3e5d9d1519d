import { isJson, parseJsonRecord } from '../wire/json.js';
import { parseXml, type XmlLimits, type XmlRecord, type XmlValue } from '../wire/xml.js';
import { ACCOUNT_EVENTS, MESSAGES, USER_EVENTS } from './authorizer-events.js';
import { COMPONENT_EVENTS } from './component-events.js';
import type { EventFamily, EventKind, WechatEvent } from './event.js';
import { type FieldTable, id, list, must, number, object, readTable, text } from './fields.js';

const componentCommon = { AppId: must(id), CreateTime: must(number), InfoType: must(id) };
const authorizerCommon = { ToUserName: must(id), FromUserName: must(text), CreateTime: must(number), MsgType: must(id) };
const eventCommon = { ...authorizerCommon, Event: must(id) };
const messageCommon = { ...authorizerCommon, MsgId: id };
const orderPathBatch = {
  AppId: id,
  ToUserName: id,
  CreateTime: number,
  List: must(list(object({ Appid: text, AuditId: text, RetCode: number }))),
};

interface Layout {
  readonly kind: string;
  readonly fields: FieldTable;
}

/** Every kind the documents know, without `unknown`. */
export const EVENT_KINDS: readonly EventKind[] = [
  ...Object.keys(COMPONENT_EVENTS),
  ...Object.keys(ACCOUNT_EVENTS),
  ...Object.keys(USER_EVENTS).map((name) => `event.${name}`),
  ...Object.keys(MESSAGES).map((name) => `message.${name}`),
  'order_path_batch_result',
] as EventKind[];

/**
 * Reads a decrypted push. Field names stay WeChat's; numbers and times become numbers, 64-bit ids stay texts, repeated elements lists.
 * An unknown kind is not an error: it comes back as `unknown` with its raw content.
 * @param content XML, or the JSON that some configurations give instead
 * @throws XmlRefusedError when it is neither.
 */
export function parseEvent(content: string, limits?: XmlLimits): WechatEvent {
  const record = isJson(content) ? parseJsonRecord(content, limits) : parseXml(content, limits);
  const family = familyOf(record);
  const name = nameOf(record);
  const layout = layoutOf(record);
  const read = layout && readTable(layout.fields, record);
  if (!layout || !read) {
    return {
      kind: 'unknown',
      family,
      name,
      why: layout ? 'incomplete' : 'new',
      createTime: number.read(record['CreateTime']) ?? 0,
      ...identifiers(record),
      raw: record,
    };
  }
  const known = read.known as { CreateTime?: number };
  return {
    ...known,
    kind: layout.kind,
    family,
    createTime: known.CreateTime ?? 0,
    ...(Object.keys(read.rest).length > 0 ? { extra: read.rest } : {}),
  } as unknown as WechatEvent;
}

/** Media ids of a rejected audit's `ScreenShot` (or of an API answer's `screenshot`): joined by `|`, perhaps empty. */
export function screenshotIds(joined: string | undefined): string[] {
  return (joined ?? '')
    .split('|')
    .map((part) => part.trim())
    .filter((part) => part !== '');
}

/** The official way to tell them apart: the component's own events carry `AppId` and no `ToUserName`. */
function familyOf(record: XmlRecord): EventFamily {
  return 'ToUserName' in record ? 'authorizer' : 'component';
}

function layoutOf(record: XmlRecord): Layout | undefined {
  const [infoType, msgType, event] = ['InfoType', 'MsgType', 'Event'].map((name) => textOf(record[name]));
  if (familyOf(record) === 'component' && infoType) {
    return entry(COMPONENT_EVENTS, infoType, infoType, componentCommon);
  }
  if (msgType === 'event' && event) {
    return entry(ACCOUNT_EVENTS, event, event, eventCommon) ?? entry(USER_EVENTS, event, `event.${event}`, eventCommon);
  }
  if (msgType) {
    return entry(MESSAGES, msgType, `message.${msgType}`, messageCommon);
  }
  return 'List' in record ? { kind: 'order_path_batch_result', fields: orderPathBatch } : undefined;
}

function entry(table: Record<string, FieldTable>, name: string, kind: string, common: FieldTable): Layout | undefined {
  const fields = Object.hasOwn(table, name) ? table[name] : undefined;
  return fields && { kind, fields: { ...fields, ...common } };
}

function nameOf(record: XmlRecord): string {
  const [infoType, msgType, event] = ['InfoType', 'MsgType', 'Event'].map((name) => textOf(record[name]));
  if (infoType) {
    return infoType;
  }
  if (msgType === 'event') {
    return event && Object.hasOwn(ACCOUNT_EVENTS, event) ? event : `event.${event ?? ''}`;
  }
  return msgType ? `message.${msgType}` : '';
}

function identifiers(record: XmlRecord): { AppId?: string; ToUserName?: string; FromUserName?: string } {
  const found: Record<string, string> = {};
  for (const name of ['AppId', 'ToUserName', 'FromUserName']) {
    const value = textOf(record[name]);
    if (value) {
      found[name] = value;
    }
  }
  return found;
}

function textOf(value: XmlValue | undefined): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}
