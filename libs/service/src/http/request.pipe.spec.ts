import 'reflect-metadata';
import { Type } from 'class-transformer';
import { IsArray, IsIn, IsObject, IsOptional, IsString, ValidateNested } from 'class-validator';
import { describe, expect, it } from 'vitest';
import { Nullable, RequestPipe } from './request.pipe.js';

class Inner {
  @IsOptional() @IsString() note?: string;
}

class Body {
  @IsString() name!: string;
  @IsOptional() @IsIn(['a', 'b']) kind: string = 'a';
  @IsOptional() @IsString() text?: string;
  @IsOptional() @Nullable() @IsString() until?: string | null;
  @IsOptional() @IsObject() content?: Record<string, unknown>;
  @IsOptional() @IsArray() @ValidateNested({ each: true }) @Type(() => Inner) inner?: Inner[];
}

describe('what a request holds', () => {
  const pipe = new RequestPipe();
  const read = (value: unknown) => pipe.transform(value, { type: 'body', metatype: Body }) as Promise<Body>;

  it('null for a member that may be left out is as if it were left out: the default holds', async () => {
    const body = await read({ name: 'x', kind: null, text: null, content: null, inner: null });
    expect(body).toMatchObject({ name: 'x', kind: 'a' });
    expect([body.text, body.content, body.inner]).toEqual([undefined, undefined, undefined]);
  });

  it('also deep inside', async () => {
    expect((await read({ name: 'x', inner: [{ note: null }] })).inner?.[0]?.note).toBeUndefined();
  });

  it('null stays where it says something of its own, and in content that is the caller’s', async () => {
    expect(await read({ name: 'x', until: null, content: { a: null } })).toMatchObject({ until: null, content: { a: null } });
  });

  it('null for a member that must be there is refused, and so is a member that nobody knows', async () => {
    await expect(read({ name: null })).rejects.toMatchObject({ status: 400 });
    await expect(read({ name: 'x', other: 1 })).rejects.toMatchObject({ status: 400 });
  });
});
