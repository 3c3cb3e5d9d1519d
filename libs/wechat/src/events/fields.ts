import type { XmlRecord, XmlValue } from '../wire/xml.js';

/**
 * A small language for "which elements does this event have": the same table gives the parser and, by inference, the TypeScript type.
 * A field reads its element or answers `undefined`: absent, or not what the documents promise.
 */
export interface Field<T, Required extends boolean = false> {
  readonly read: (value: XmlValue | undefined) => T | undefined;
  readonly required: Required;
}
// biome-ignore lint/suspicious/noExplicitAny: a table holds fields of many types
export type FieldTable = Readonly<Record<string, Field<any, boolean>>>;

type RequiredKeys<F extends FieldTable> = {
  [K in keyof F]: F[K] extends Field<unknown, true> ? K : never;
}[keyof F];

/** What a table reads: required fields are there, the others may be absent. */
export type Read<F extends FieldTable> = {
  readonly [K in RequiredKeys<F>]: F[K] extends Field<infer T, boolean> ? T : never;
} & {
  readonly [K in Exclude<keyof F, RequiredKeys<F>>]?: F[K] extends Field<infer T, boolean> ? T : never;
};

function field<T>(read: Field<T>['read']): Field<T> {
  return { read, required: false };
}

/** Marks a field without which the event makes no sense; an event that lacks it is kept as unknown. */
export function must<T>(inner: Field<T>): Field<T, true> {
  return { read: inner.read, required: true };
}

export const text: Field<string> = field((value) => (typeof value === 'string' ? value : undefined));

/** A text that must not be empty. */
export const id: Field<string> = field((value) => (typeof value === 'string' && value !== '' ? value : undefined));

/** Decimal number; times are Unix seconds. 64-bit ids are {@link id}, because a number would lose their last digits. */
export const number: Field<number> = field((value) => {
  if (typeof value !== 'string' || !/^-?\d+(\.\d+)?$/.test(value)) {
    return undefined;
  }
  const parsed = Number(value);
  return Number.isInteger(parsed) && !Number.isSafeInteger(parsed) ? undefined : parsed;
});

export function object<F extends FieldTable>(fields: F): Field<Read<F>> {
  return field((value) => {
    if (value === '') return {} as Read<F>;
    const read = isRecord(value) ? readTable(fields, value) : undefined;
    if (!read) return undefined;
    // What the documents do not name may be inside of it as well.
    return Object.keys(read.rest).length > 0 ? ({ ...read.known, extra: read.rest } as Read<F>) : read.known;
  });
}

/** Documented as one text, and seen as several. */
export const textOrTexts: Field<string | readonly string[]> = field((value) => {
  if (typeof value === 'string') return value;
  return Array.isArray(value) && value.every((item) => typeof item === 'string') ? value : undefined;
});

/** An element that may repeat: always a list, whether it came once or many times. */
export function list<T>(inner: Field<T, boolean>): Field<readonly T[]> {
  return field((value) => {
    if (value === undefined || value === '') {
      return undefined;
    }
    const read = (Array.isArray(value) ? value : [value as string | XmlRecord]).map(inner.read);
    return read.every((item) => item !== undefined) ? (read as T[]) : undefined;
  });
}

/** Reads all fields of a table; `rest` is what the table does not know or could not read. `undefined`: a required field is missing. */
export function readTable<F extends FieldTable>(fields: F, record: XmlRecord): { known: Read<F>; rest: XmlRecord } | undefined {
  const known: Record<string, unknown> = {};
  const rest: Record<string, XmlValue> = { ...record };
  for (const [name, { read, required }] of Object.entries(fields)) {
    const value = read(Object.hasOwn(record, name) ? record[name] : undefined);
    if (value !== undefined) {
      known[name] = value;
      delete rest[name];
    } else if (required) {
      return undefined;
    }
  }
  return { known: known as Read<F>, rest };
}

function isRecord(value: XmlValue | undefined): value is XmlRecord {
  return typeof value === 'object' && !Array.isArray(value);
}
