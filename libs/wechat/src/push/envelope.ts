import { isJson } from '../wire/json.js';
import { parseXml, XmlRefusedError } from '../wire/xml.js';
import { PushRefusedError } from './push-refused.error.js';

/** The outer document of a push. */
export interface Envelope {
  /** WeChat's ordinary pushes are XML; some configurations make it JSON. An answer is in the format of the push. */
  readonly format: 'xml' | 'json';
  readonly encrypt: string;
  /** The component's appid: only on the component's own events. */
  readonly appId?: string;
  /** Original id (`gh_…`) of the authorizer: only on what is received for an authorizer. Not signed: believe it after decryption only. */
  readonly toUserName?: string;
}

// What WeChat really sends: a flat <xml> of a few elements, each plain text or one CDATA section. Anything else takes the careful way.
const HEAD = /\uFEFF?\s*<xml>/y;
const CHILD = /\s*<(\w+)>(?:<!\[CDATA\[([^\]<>&]*)\]\]>|([^<>&]*))<\/\1>/y;
const TAIL = /\s*<\/xml>\s*$/y;
/** WeChat sends two or three. The envelope is read before anything is known of its sender, so there is a bound. */
const MAX_CHILDREN = 32;

/**
 * Reads the envelope of a push.
 * @throws PushRefusedError `envelope` (not XML, a DOCTYPE, too many elements, no or two `Encrypt`), `too-large`.
 */
export function readEnvelope(body: string | Buffer, maxBytes: number): Envelope {
  const bytes = typeof body === 'string' ? Buffer.byteLength(body) : body.length;
  if (bytes > maxBytes) {
    throw new PushRefusedError('too-large', `body is larger than ${maxBytes} bytes`);
  }
  const text = typeof body === 'string' ? body : body.toString('utf8');
  const format = isJson(text) ? 'json' : 'xml';
  const fields = format === 'json' ? readJson(text) : (readFlat(text) ?? readCarefully(text, maxBytes));
  const encrypt = fields.get('Encrypt');
  if (!encrypt) {
    throw new PushRefusedError('envelope', 'no Encrypt element');
  }
  const appId = fields.get('AppId');
  const toUserName = fields.get('ToUserName');
  return { encrypt, format, ...(appId ? { appId } : {}), ...(toUserName ? { toUserName } : {}) };
}

/** Of a member that stands twice the last one counts, in `JSON.parse` as in the signature: what is signed is what is used. */
function readJson(text: string): Map<string, string> {
  try {
    const value = JSON.parse(text.replace(/^\uFEFF/, '')) as Record<string, unknown>;
    return new Map(Object.entries(value).filter((entry): entry is [string, string] => typeof entry[1] === 'string'));
  } catch {
    throw new PushRefusedError('envelope', 'document is not JSON');
  }
}

function readFlat(text: string): Map<string, string> | undefined {
  const fields = new Map<string, string>();
  let at = 0;
  const next = (pattern: RegExp) => {
    pattern.lastIndex = at;
    const match = pattern.exec(text);
    at += match?.[0].length ?? 0;
    return match;
  };
  if (!next(HEAD)) {
    return undefined;
  }
  let children = 0;
  for (let child = next(CHILD); child; child = next(CHILD)) {
    const name = child[1]!;
    children += 1;
    if (children > MAX_CHILDREN) {
      throw new PushRefusedError('envelope', `more than ${MAX_CHILDREN} elements`);
    }
    refuseTwice(fields, name);
    fields.set(name, child[2] ?? child[3]!.trim());
  }
  return next(TAIL) ? fields : undefined;
}

function readCarefully(text: string, maxBytes: number): Map<string, string> {
  const fields = new Map<string, string>();
  try {
    for (const [name, value] of Object.entries(parseXml(text, { maxBytes, maxDepth: 4, maxElements: MAX_CHILDREN }))) {
      if (Array.isArray(value)) {
        refuseTwice(new Map([[name, '']]), name);
      } else if (typeof value === 'string') {
        fields.set(name, value);
      }
    }
  } catch (error) {
    if (error instanceof XmlRefusedError) {
      throw new PushRefusedError('envelope', error.message);
    }
    throw error;
  }
  return fields;
}

function refuseTwice(fields: Map<string, string>, name: string): void {
  if ((name === 'Encrypt' || name === 'AppId' || name === 'ToUserName') && fields.has(name)) {
    throw new PushRefusedError('envelope', `${name} occurs twice`);
  }
}
