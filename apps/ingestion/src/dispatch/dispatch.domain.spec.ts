import { describe, expect, it } from 'vitest';
import { QUEUES } from '#queues';
import { RELEASE_CHECK_PAIRS } from '#wechat';
import { type Candidate, decide } from './dispatch.domain.js';

const row = (change: Partial<Candidate> = {}): Candidate => ({
  eventId: '1',
  componentAppid: 'wxc',
  authorizerAppid: 'wxa',
  family: 'authorizer',
  kind: 'weapp_audit_success',
  toUserName: 'gh_a',
  handedOverAtMs: null,
  replays: 0,
  receivedAtMs: 1_763_800_000_000,
  traceparent: null,
  knownUserName: 'gh_a',
  ownerOfUserName: null,
  accepted: false,
  ...change,
});

describe('decide', () => {
  it('believes the path when nothing speaks against it', () => {
    expect(decide(row())).toMatchObject({ state: 'queued', consumers: [{ queue: QUEUES.releaseEvents, job: 'event' }] });
    expect(decide(row({ knownUserName: null }))).toMatchObject({ state: 'queued' });
    expect(decide(row({ knownUserName: null, ownerOfUserName: 'wxa' }))).toMatchObject({ state: 'queued' });
  });

  it('does not act on an event of another account', () => {
    const mismatch = { state: 'mismatch', consumers: [], forward: false };
    expect(decide(row({ toUserName: 'gh_b' }))).toMatchObject(mismatch);
    expect(decide(row({ toUserName: 'gh_b', knownUserName: null, ownerOfUserName: 'wxb' }))).toMatchObject(mismatch);
    const { officialAccount } = RELEASE_CHECK_PAIRS[3]!;
    expect(decide(row({ toUserName: officialAccount.userName, knownUserName: null }))).toMatchObject(mismatch);
    expect(decide(row({ authorizerAppid: officialAccount.appid }))).toMatchObject(mismatch);
  });

  it('believes no message to an account of the release check that does not name it', () => {
    const { appid } = RELEASE_CHECK_PAIRS[0]!.miniProgram;
    const unnamed = row({ authorizerAppid: appid, toUserName: null, knownUserName: null, kind: 'message.text' });
    expect(decide(unnamed)).toMatchObject({ state: 'mismatch', consumers: [], forward: false });
    expect(decide(row({ toUserName: null, knownUserName: null }))).toMatchObject({ state: 'queued' });
  });

  it('acts on an event of another account when a person wants it', () => {
    expect(decide(row({ toUserName: 'gh_b', accepted: true }))).toMatchObject({
      state: 'queued',
      consumers: [{ queue: QUEUES.releaseEvents }],
    });
  });

  it('keeps the ten accounts of the release check from broker, release and subscribers', () => {
    for (const { officialAccount, miniProgram } of RELEASE_CHECK_PAIRS) {
      for (const { appid, userName } of [officialAccount, miniProgram]) {
        const known = { authorizerAppid: appid, toUserName: userName, knownUserName: null };
        for (const kind of ['authorized', 'unauthorized', 'updateauthorized'])
          expect(decide(row({ ...known, kind, family: 'component', toUserName: null }))).toMatchObject({
            consumers: [],
            route: 'release-check',
            forward: false,
          });
        expect(decide(row({ ...known, kind: 'message.text' }))).toMatchObject({
          consumers: [{ queue: QUEUES.brokerCommands, job: 'release-check-reply' }],
          forward: false,
        });
        expect(decide(row({ ...known, kind: 'event.LOCATION' }))).toMatchObject({ consumers: [] });
      }
    }
  });

  it('gives an end of authorization to both, a ticket to the broker and to no subscriber', () => {
    const component = { family: 'component', toUserName: null, knownUserName: null } as const;
    expect(decide(row({ ...component, kind: 'unauthorized' })).consumers.map(({ queue }) => queue)).toEqual([
      QUEUES.brokerEvents,
      QUEUES.releaseEvents,
    ]);
    expect(decide(row({ ...component, kind: 'component_verify_ticket', authorizerAppid: null }))).toMatchObject({
      consumers: [{ queue: QUEUES.brokerEvents }],
      forward: false,
    });
  });
});
