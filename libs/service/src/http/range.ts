import { applyDecorators } from '@nestjs/common';
import { ApiPropertyOptional } from '@nestjs/swagger';
import { Transform } from 'class-transformer';
import { IsOptional, isISO8601, ValidateBy } from 'class-validator';
import { DomainError } from './problems.js';

const TIME = /^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d([.,]\d{1,9})?)?(Z|[+-]\d\d:?\d\d))?$/i;

const isTime = (value: unknown): boolean => typeof value === 'string' && TIME.test(value) && isISO8601(value, { strict: true });

/** A time in ISO 8601 with its zone; a date alone is its midnight in UTC. */
export const IsTime = (): PropertyDecorator =>
  applyDecorators(
    // In a URL an unencoded plus sign is a blank.
    Transform(({ value }) => (typeof value === 'string' ? value.replace(/ (?=\d\d:?\d\d$)/, '+') : value)),
    ValidateBy({
      name: 'isTime',
      validator: {
        validate: isTime,
        defaultMessage: () =>
          '$property must be a time in ISO 8601 with its zone, such as 2026-11-30T00:00:00Z or 2026-11-30T08:00:00+08:00',
      },
    }),
  );

/** From when until when. */
export class TimeRange {
  @ApiPropertyOptional({ type: String, format: 'date-time', description: 'At or after; ISO 8601 with its zone.' })
  @IsOptional()
  @IsTime()
  readonly from?: string;

  @ApiPropertyOptional({ type: String, format: 'date-time', description: 'Before; ISO 8601 with its zone.' })
  @IsOptional()
  @IsTime()
  readonly to?: string;
}

/** Also with the names that some lists had in the release before; gone in the next one. */
export class FormerTimeRange extends TimeRange {
  @ApiPropertyOptional({ type: String, format: 'date-time', deprecated: true, description: 'Former name of `from`.' })
  @IsOptional()
  @IsTime()
  readonly since?: string;

  @ApiPropertyOptional({ type: String, format: 'date-time', deprecated: true, description: 'Former name of `to`.' })
  @IsOptional()
  @IsTime()
  readonly until?: string;
}

/** @throws DomainError `invalid-request` when it ends before it begins */
export function rangeOf(query: FormerTimeRange): { readonly from: Date | undefined; readonly to: Date | undefined } {
  const [from, to] = [query.from ?? query.since, query.to ?? query.until].map((time) => (time ? new Date(time) : undefined));
  if (from && to && from > to) {
    const message = 'from must not be after to';
    throw new DomainError('invalid-request', `${message}.`, { errors: [{ field: 'from', message }] });
  }
  return { from, to };
}
