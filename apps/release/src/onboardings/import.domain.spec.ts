import { describe, expect, it } from 'vitest';
import { ordersOfCsv, withDefaults } from './import.domain.js';

describe('orders of a CSV text', () => {
  it('has a line each, with members by their path', () => {
    const text =
      '\uFEFFreference,goal,registration.way,registration.name,categories:json\r\n7,online,enterprise,"甲, 乙 ""丙""","[{""first"":304}]"\r\n\r\n8,filed,,,\n';
    expect(ordersOfCsv(text)).toEqual({
      orders: [
        {
          reference: '7',
          goal: 'online',
          registration: { way: 'enterprise', name: '甲, 乙 "丙"' },
          categories: [{ first: 304 }],
        },
        { reference: '8', goal: 'filed' },
      ],
      problems: [],
    });
  });

  it('names the line of what cannot be read', () => {
    expect(ordersOfCsv('reference,a:json\n"1\n2",x\n3').problems).toEqual([
      { line: 2, message: 'a is no JSON' },
      { line: 4, message: 'has 1 cells, and the first line has 2' },
    ]);
    expect(ordersOfCsv('reference,__proto__.x\n1,2')).toEqual({
      orders: [],
      problems: [{ line: 1, message: '"__proto__.x" is no column of an order' }],
    });
  });
});

it('defaults are merged into what is given', () => {
  const defaults = { goal: 'online', release: { template_id: 1, user_version: '1' }, categories: [1] };
  expect(withDefaults(defaults, { release: { user_version: '2' }, categories: [2] })).toEqual({
    goal: 'online',
    release: { template_id: 1, user_version: '2' },
    categories: [2],
  });
});
