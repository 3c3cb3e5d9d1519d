import { XMLParser } from 'fast-xml-parser';

/** Parsed XML: texts stay texts, a repeated element becomes a list. */
export type XmlValue = string | XmlRecord | readonly (string | XmlRecord)[];
export interface XmlRecord {
  readonly [name: string]: XmlValue;
}

/** XML that is broken, or that uses what nobody should (DOCTYPE, own entities, processing instructions, great depth). */
export class XmlRefusedError extends Error {
  override readonly name = 'XmlRefusedError';
}

export interface XmlLimits {
  /** Default 256 KiB. */
  readonly maxBytes?: number;
  /** Nesting, the root included. Default 12. */
  readonly maxDepth?: number;
  /** Elements in the whole document, the root not counted. Default: as many as the bytes allow. */
  readonly maxElements?: number;
}

const CDATA = '#cdata';
const TEXT = '#text';
const FORBIDDEN_NAMES = new Set(['__proto__', 'constructor', 'prototype']);

const parser = new XMLParser({
  preserveOrder: true,
  ignoreAttributes: true,
  ignoreDeclaration: true,
  ignorePiTags: true,
  parseTagValue: false,
  trimValues: false,
  cdataPropName: CDATA,
  // The five of XML are replaced by this file; a document cannot declare any, since a DOCTYPE is refused before.
  processEntities: false,
});

type Node = Record<string, unknown>;

/**
 * Parses a WeChat document and gives the content of its `<xml>` root.
 * @throws XmlRefusedError
 */
export function parseXml(text: string, limits: XmlLimits = {}): XmlRecord {
  const { maxBytes = 256 * 1024, maxDepth = 12, maxElements = Number.POSITIVE_INFINITY } = limits;
  if (Buffer.byteLength(text) > maxBytes) {
    throw new XmlRefusedError(`document is larger than ${maxBytes} bytes`);
  }
  const clean = text.charCodeAt(0) === 0xfeff ? text.slice(1) : text;
  return (maxDepth >= 2 ? readFlat(clean, maxElements) : undefined) ?? readCarefully(clean, maxDepth, maxElements);
}

/**
 * With a parser, and proof before it that there is nothing in the document that could mislead it. What is only unusual is read: comments
 * and attributes are left out, control characters and entities that nobody declared stay as they came, and so does a `<` or an HTML tag
 * in a text that the sender did not escape.
 */
export function readCarefully(clean: string, maxDepth: number, maxElements = Number.POSITIVE_INFINITY): XmlRecord {
  const plain = guard(clean, maxDepth, maxElements);
  let nodes: Node[];
  try {
    nodes = parser.parse(plain) as Node[];
  } catch {
    throw new XmlRefusedError('document is not well-formed XML');
  }
  const roots = nodes.filter((node) => !(TEXT in node));
  const root = roots[0];
  if (roots.length !== 1 || !root || !Array.isArray(root['xml'])) {
    throw new XmlRefusedError('document has no single <xml> root');
  }
  const content = toValue(root['xml'] as Node[]);
  if (typeof content === 'string') {
    if (content.trim() !== '') {
      throw new XmlRefusedError('<xml> holds text instead of elements');
    }
    return {};
  }
  return content;
}

// Nearly all of what WeChat sends: an <xml> of elements without elements in them, each one CDATA section or plain text.
const FLAT_HEAD = /\s*<xml>/y;
const FLAT_CHILD = /\s*<([A-Za-z_][\w.-]*)>(?:<!\[CDATA\[([^\r\]]*)\]\]>|([^<>&\r\]]*))<\/\1>/y;
const FLAT_TAIL = /\s*<\/xml>\s*$/y;

/**
 * Ten times faster than the careful way, and only for what cannot be misread: anything else is left to that.
 * @returns `undefined` when the document is not of that kind
 */
export function readFlat(clean: string, maxElements = Number.POSITIVE_INFINITY): XmlRecord | undefined {
  if (clean.includes('\r')) return undefined;
  const record: Record<string, XmlValue> = {};
  let at = 0;
  const next = (pattern: RegExp) => {
    pattern.lastIndex = at;
    const match = pattern.exec(clean);
    at += match?.[0].length ?? 0;
    return match;
  };
  if (!next(FLAT_HEAD)) return undefined;
  let children = 0;
  for (let child = next(FLAT_CHILD); child; child = next(FLAT_CHILD)) {
    const name = child[1]!;
    children += 1;
    if (children > maxElements || FORBIDDEN_NAMES.has(name) || Object.hasOwn(record, name)) return undefined;
    record[name] = child[2] ?? child[3]!.trim();
  }
  return children > 0 && next(FLAT_TAIL) ? record : undefined;
}

const TAG = /<(\/?)([A-Za-z_][\w.-]*)(?:\s+[A-Za-z_][\w:.-]*\s*=\s*(?:"[^"<]*"|'[^'<]*'))*\s*(\/?)>/y;
// biome-ignore lint/suspicious/noControlCharactersInRegex: padding that no document should have, and some do
const CONTROL = /[\u0000-\u001f]/g;

/** HTML that nobody closes: reviewers' reasons have it, also as `</br>`. */
const NEVER_CLOSED = /^[bh]r$/i;
/** What begins like this is never content: declarations and processing instructions. */
const DECLARATION = /<[!?][A-Za-z[]/y;

/** An element that is not closed yet. */
interface OpenElement {
  readonly name: string;
  /** Of its tag, in the pieces kept. */
  readonly at: number;
  hasText: boolean;
  hasElements: boolean;
}

/**
 * Walks over the markup once and refuses what the parser would be too kind to: it also proves that tags close in order.
 * @returns the document without comments and attributes, and with `&lt;` where a `<` begins no element
 */
function guard(text: string, maxDepth: number, maxElements: number): string {
  const open: OpenElement[] = [];
  const kept: string[] = [];
  /** Tags as they came, attributes included, by their place in `kept`. */
  const tags = new Map<number, string>();
  let roots = 0;
  let elements = 0;
  let at = 0;
  const keepText = (part: string) => {
    kept.push(part);
    const element = open.at(-1);
    if (element && !element.hasText) element.hasText = part.trim() !== '';
  };
  for (;;) {
    const start = text.indexOf('<', at);
    const before = start < 0 ? text.slice(at) : text.slice(at, start);
    if (open.length > 0) {
      keepText(before);
    } else if (before.replace(CONTROL, '').trim() !== '') {
      throw new XmlRefusedError('text outside of the root');
    }
    if (start < 0) {
      break;
    }
    if (text.startsWith('<!--', start)) {
      at = endOf(text, '-->', start + '<!--'.length);
      continue;
    }
    if (text.startsWith('<![CDATA[', start)) {
      at = endOf(text, ']]>', start);
      if (open.length === 0) {
        throw new XmlRefusedError('text outside of the root');
      }
      keepText(text.slice(start, at));
      continue;
    }
    if (text.startsWith('<?xml ', start) && text.slice(0, start).trim() === '') {
      at = endOf(text, '?>', start);
      continue;
    }
    TAG.lastIndex = start;
    const tag = TAG.exec(text);
    if (!tag) {
      DECLARATION.lastIndex = start;
      if (open.length === 0 || DECLARATION.test(text)) {
        throw new XmlRefusedError('declaration or broken tag');
      }
      keepText('&lt;');
      at = start + 1;
      continue;
    }
    const [whole, slash = '', name = '', end = ''] = tag;
    if (FORBIDDEN_NAMES.has(name)) {
      throw new XmlRefusedError('forbidden element name');
    }
    const neverClosed = open.length > 1 && NEVER_CLOSED.test(name);
    const closing = neverClosed ? '' : slash;
    const selfClosing = neverClosed ? '/' : end;
    if (closing) {
      if (!open.some((element) => element.name === name)) {
        throw new XmlRefusedError('tags do not close in order');
      }
      const element = closeTo(name, open);
      // Text beside elements: no field of WeChat's is like this. The markup belongs to the text.
      if (element.hasText && element.hasElements && open.length > 0) asText(kept, tags, element.at + 1);
    } else {
      if (open.length === 0) {
        roots += 1;
      } else {
        elements += 1;
        open.at(-1)!.hasElements = true;
      }
      if (open.length >= maxDepth) {
        throw new XmlRefusedError(`nested deeper than ${maxDepth}`);
      }
      if (elements > maxElements) {
        throw new XmlRefusedError(`more than ${maxElements} elements`);
      }
      if (!selfClosing) {
        open.push({ name, at: kept.length, hasText: false, hasElements: false });
      }
    }
    tags.set(kept.length, whole);
    kept.push(`<${closing}${name}${selfClosing}>`);
    at = TAG.lastIndex;
  }
  if (open.length > 0 || roots !== 1) {
    throw new XmlRefusedError('document is not complete');
  }
  return kept.join('');
}

/** Closes the innermost element of this name. A tag within it that was never closed was no tag, but a word of its text: `a <b> c`. */
function closeTo(name: string, open: OpenElement[]): OpenElement {
  let element = open.pop()!;
  let hasText = false;
  for (; element.name !== name; element = open.pop()!) {
    // The root keeps its fields: a document that lacks the end of one is cut.
    if (open.length <= 1) throw new XmlRefusedError('tags do not close in order');
    hasText = true;
  }
  element.hasText ||= hasText;
  return element;
}

/** Makes the tags from this piece on part of the text. */
function asText(kept: string[], tags: Map<number, string>, from: number): void {
  for (let at = from; at < kept.length; at += 1) {
    const tag = tags.get(at);
    if (tag === undefined) continue;
    kept[at] = `&lt;${tag.slice(1)}`;
    tags.delete(at);
  }
}

function endOf(text: string, mark: string, from: number): number {
  const end = text.indexOf(mark, from);
  if (end < 0) {
    throw new XmlRefusedError('document is cut');
  }
  return end + mark.length;
}

type Item = string | XmlRecord;

function toValue(nodes: readonly Node[]): Item {
  const record: Record<string, Item | Item[]> = {};
  let text = '';
  let sawCdata = false;
  let sawElement = false;
  for (const node of nodes) {
    for (const [name, child] of Object.entries(node)) {
      if (name === TEXT) {
        text += decodeEntities(String(child));
      } else if (name === CDATA) {
        sawCdata = true;
        text += (child as Node[]).map((part) => String(part[TEXT] ?? '')).join('');
      } else if (Array.isArray(child)) {
        sawElement = true;
        append(record, name, toValue(child as Node[]));
      }
    }
  }
  if (sawElement) {
    return record;
  }
  return sawCdata ? trimAroundCdata(nodes, text) : text.trim();
}

/** A repeated element becomes a list. One list that grows: whoever sends an element 60,000 times must not have it copied as often. */
function append(record: Record<string, Item | Item[]>, name: string, value: Item): void {
  const known = Object.hasOwn(record, name) ? record[name] : undefined;
  if (known === undefined) {
    record[name] = value;
  } else if (Array.isArray(known)) {
    known.push(value);
  } else {
    record[name] = [known, value];
  }
}

/** Blanks inside a CDATA section are content, those around it are layout. */
function trimAroundCdata(nodes: readonly Node[], text: string): string {
  const lead = nodes[0]?.[TEXT];
  const tail = nodes.at(-1)?.[TEXT];
  const from = typeof lead === 'string' && lead.trim() === '' ? lead.length : 0;
  const to = nodes.length > 1 && typeof tail === 'string' && tail.trim() === '' ? text.length - tail.length : text.length;
  return text.slice(from, to);
}

const ENTITIES: Record<string, string> = { lt: '<', gt: '>', amp: '&', quot: '"', apos: "'" };

function decodeEntities(text: string): string {
  if (!text.includes('&')) {
    return text;
  }
  return text.replace(/&(?:#(\d{1,7})|#x([0-9a-fA-F]{1,6})|(\w+));/g, (whole, decimal, hex, name: string | undefined) => {
    if (name !== undefined) {
      return Object.hasOwn(ENTITIES, name) ? ENTITIES[name]! : whole;
    }
    const point = Number.parseInt(decimal ?? hex, decimal ? 10 : 16);
    return point > 0 && point <= 0x10ffff && !(point >= 0xd800 && point <= 0xdfff) ? String.fromCodePoint(point) : whole;
  });
}

/** Puts any text into CDATA; a `]]>` in it is split, and characters that XML forbids are dropped. */
export function cdata(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are exactly the characters that must not be in XML
  const legal = text.replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, '').toWellFormed();
  return `<![CDATA[${legal.replaceAll(']]>', ']]]]><![CDATA[>')}]]>`;
}
