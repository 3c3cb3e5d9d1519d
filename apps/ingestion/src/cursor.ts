import { DomainError } from '#service';

/** The place after a row, as a client sees it: opaque. */
export const encodeCursor = (id: string): string => Buffer.from(id).toString('base64url');

/** @throws DomainError `invalid-request` */
export function decodeCursor(cursor: string): string {
  const id = Buffer.from(cursor, 'base64url').toString();
  if (!/^\d{1,20}$/.test(id)) throw new DomainError('invalid-request', 'cursor: take it from next_cursor of the page before.');
  return id;
}

/** One row more than asked for was read, to know whether there is a next page. */
export function page<T>(rows: readonly T[], limit: number, idOf: (row: T) => string): { rows: T[]; next: string | null } {
  const shown = rows.slice(0, limit);
  const last = shown.at(-1);
  return { rows: shown, next: rows.length > limit && last !== undefined ? encodeCursor(idOf(last)) : null };
}
