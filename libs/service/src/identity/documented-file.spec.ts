import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { loadIdentity } from './identity-file.js';

it.each(['operations.md', 'operations.zh-CN.md'])('the file of docs/%s is one that starts', (name) => {
  const text = readFileSync(new URL(`../../../../docs/${name}`, import.meta.url), 'utf8');
  const [, example] = /```json\n(\{\n {2}"issuers"[\s\S]*?)```/.exec(text)!;
  expect(loadIdentity({ WXPLANE_IDENTITY: example! })?.bindings).toHaveLength(4);
});
