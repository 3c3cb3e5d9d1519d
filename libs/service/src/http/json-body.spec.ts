import { expect, it } from 'vitest';
import { unsafeInteger } from './json-body.js';

it('an integer beyond 2^53 is found with its path, whatever else stands there', () => {
  const parsed = (text: string) => unsafeInteger(JSON.parse(text));
  expect(parsed('{"ext_json":{"ext":{"shop_id":9007199254740993}}}')).toBe('ext_json.ext.shop_id');
  expect(parsed('{"list":[1,{"bcode":20071717481061543}]}')).toBe('list.1.bcode');
  expect(parsed('{"a":9007199254740991,"price":1.10,"text":"9007199254740993","big":0.12345678901234567}')).toBeUndefined();
});
