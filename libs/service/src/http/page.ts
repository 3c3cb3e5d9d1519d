import type { Type } from '@nestjs/common';
import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Type as Convert } from 'class-transformer';
import { IsInt, IsOptional, IsString, Max, Min } from 'class-validator';
import { DomainError } from './problems.js';

/** Entries of a page when the caller names no number. */
export const PAGE_DEFAULT = 100;
export const PAGE_MAX = 1_000;

/** Which page of a list. */
export class PageQuery {
  @ApiPropertyOptional({
    type: Number,
    minimum: 1,
    maximum: PAGE_MAX,
    default: PAGE_DEFAULT,
    description: 'Entries of a page at most. A page may be shorter; the last one has no `next_cursor`.',
  })
  @IsOptional()
  @Convert(() => Number)
  @IsInt()
  @Min(1)
  @Max(PAGE_MAX)
  readonly limit: number = PAGE_DEFAULT;

  @ApiPropertyOptional({ type: String, description: '`next_cursor` of the page before; absent: the first page.' })
  @IsOptional()
  @IsString()
  readonly cursor?: string;
}

/** Of a list that had no pages in the release before: who reads the first one only, as then, has all that fits into one. */
export class LongPageQuery extends PageQuery {
  @ApiPropertyOptional({
    type: Number,
    minimum: 1,
    maximum: PAGE_MAX,
    default: PAGE_MAX,
    description: `Entries of a page at most. A page may be shorter; the last one has no \`next_cursor\`. The default becomes ${PAGE_DEFAULT}.`,
  })
  @IsOptional()
  @Convert(() => Number)
  @IsInt()
  @Min(1)
  @Max(PAGE_MAX)
  override readonly limit: number = PAGE_MAX;
}

export interface Page<T> {
  readonly items: T[];
  /** For the page after this one; `null`: this is the last one. */
  readonly next_cursor: string | null;
}

/** The class of a page, for the OpenAPI document: `class EventPage extends PageOf(EventView) {}`. */
export function PageOf<T>(view: Type<T>): Type<Page<T>> {
  class PageOfViews implements Page<T> {
    @ApiProperty({ type: view, isArray: true }) readonly items!: T[];
    @ApiProperty({ type: String, nullable: true, description: 'For the page after this one; `null`: this is the last one.' })
    readonly next_cursor!: string | null;
  }
  return PageOfViews;
}

/** A list that is short enough for one page. */
export const wholePage = <T>(items: T[]): Page<T> => ({ items, next_cursor: null });

/** Reads a cursor as the release before wrote it. @returns the position, or undefined when it is none */
export type FormerCursor = (cursor: string) => string | undefined;

/** The position as it is. */
export const formerlyPlain: FormerCursor = (cursor) => (/^\d{1,20}$/.test(cursor) ? cursor : undefined);

/** base64url of the position, with a letter before it or without. */
export const formerlyBase64 =
  (prefix = ''): FormerCursor =>
  (cursor) =>
    new RegExp(`^${prefix}(\\d{1,20})$`).exec(Buffer.from(cursor, 'base64url').toString('latin1'))?.[1];

const VERSION = 'v1';

/**
 * The cursors of one list: opaque to callers, each stands for the position of the last entry of a page. A cursor of another list is
 * refused. Those of the release before are read for one more release.
 */
export class Cursors {
  /**
   * @param list its name inside the cursors, such as `events`
   * @param position what a position looks like
   */
  constructor(
    private readonly list: string,
    private readonly former: FormerCursor = () => undefined,
    private readonly position = /^\d{1,20}$/,
  ) {}

  encode(position: string | number): string {
    return Buffer.from(`${VERSION}:${this.list}:${position}`).toString('base64url');
  }

  /**
   * @returns the position after which the page begins; undefined: the first page
   * @throws DomainError `invalid-request`
   */
  after({ cursor }: Pick<PageQuery, 'cursor'>): string | undefined {
    if (cursor === undefined) return undefined;
    const [version, list, ...rest] = Buffer.from(cursor, 'base64url').toString('latin1').split(':');
    const position = version === VERSION && list === this.list ? rest.join(':') : this.former(cursor);
    if (position !== undefined && this.position.test(position)) return position;
    const message = 'cursor must be next_cursor of the page before, of this list';
    throw new DomainError('invalid-request', `${message}.`, { errors: [{ field: 'cursor', message }] });
  }

  /**
   * @param rows one more than the page may have, if there are so many: that is how it is known whether a page comes after it
   */
  page<Row, T>(
    rows: readonly Row[],
    { limit }: Pick<PageQuery, 'limit'>,
    positionOf: (row: Row) => string | number,
    toView: (row: Row) => T,
  ): Page<T> {
    const shown = rows.slice(0, limit);
    const last = shown.at(-1);
    return {
      items: shown.map(toView),
      next_cursor: rows.length > limit && last !== undefined ? this.encode(positionOf(last)) : null,
    };
  }
}
