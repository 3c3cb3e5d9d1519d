import { describe, expect, it } from 'vitest';
import { EVENT_KINDS } from '#wechat';
import { CONSUMERS, consumersOf, JOB_WORKERS } from './index.js';

const names = (kind: string, route?: 'release-check') =>
  consumersOf(kind, route).map((consumer) => Object.entries(CONSUMERS).find(([, one]) => one === consumer)?.[0]);

describe('who consumes what', () => {
  it('is told by the kind: an end of an authorization is for two, what users write for nobody of ours', () => {
    expect(names('authorized')).toEqual(['broker']);
    expect(names('unauthorized')).toEqual(['broker', 'release']);
    expect(names('message.text')).toEqual([]);
  });

  it('is told by the route first: of WeChat’s own test accounts only the message that wants an answer is for anybody', () => {
    expect(names('message.text', 'release-check')).toEqual(['release-check']);
    expect(names('unauthorized', 'release-check')).toEqual([]);
  });

  it('names kinds that exist, and jobs that an app works on', () => {
    for (const { kinds, queue, job } of Object.values(CONSUMERS)) {
      expect(EVENT_KINDS).toEqual(expect.arrayContaining([...kinds]));
      expect(Object.keys(JOB_WORKERS[queue])).toContain(job);
    }
  });
});
