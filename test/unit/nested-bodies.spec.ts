import { expect, it } from 'vitest';
import { productSources } from '../support/table-use.ts';

/** Members of a class from the end of the one before to the semicolon. */
const NESTED = /(?<=[;{])(?:[^;{}]|\{[^{}]*\})*@ValidateNested\(\)(?:[^;{}]|\{[^{}]*\})*;/g;

const unclear = (source: string) => (source.match(NESTED) ?? []).filter((member) => !member.includes('@IsObject('));

it('an object within a body says that it is one: class-validator takes an empty list for one', () => {
  const found = productSources().flatMap(({ path, source }) =>
    unclear(source).map((member) => `${path}: ${member.trim().slice(-120)}`),
  );
  expect(found).toEqual([]);
  expect(unclear('class A {\n  @ValidateNested() @Type(() => B) readonly b!: B;\n}')).toHaveLength(1);
  expect(unclear('class A {\n  @IsObject() @ValidateNested() @Type(() => B) readonly b!: B;\n}')).toEqual([]);
});
