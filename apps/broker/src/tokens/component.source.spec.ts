import type { Redis } from 'ioredis';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { ComponentRegistry } from '#service';
import { type WechatApi, WechatApiError } from '#wechat';
import type { TicketRepository } from '../tickets/ticket.repository.js';
import { ComponentSource } from './component.source.js';
import { Cooldowns } from './cooldowns.js';
import { componentToken } from './token.domain.js';

const component = 'wx00000000000000c0';
const apiStartPushTicket = vi.fn();
const apiComponentToken = vi.fn();
let ticket: string | undefined;
let source: ComponentSource;

beforeEach(() => {
  vi.resetAllMocks();
  vi.useFakeTimers({ toFake: ['performance'] });
  ticket = undefined;
  apiStartPushTicket.mockResolvedValue({});
  source = new ComponentSource(
    { find: (appid: string) => appid === component && { appSecret: 's' } } as unknown as ComponentRegistry,
    { candidates: async () => (ticket === undefined ? [] : [ticket, 'ticket@@@next']) } as unknown as TicketRepository,
    { component: { apiStartPushTicket, apiComponentToken } } as unknown as WechatApi,
    new Cooldowns({ status: 'reconnecting' } as Redis),
  );
});
afterEach(() => {
  vi.useRealTimers();
});

const renew = () => source.renew(componentToken(component)).catch((error: unknown) => error);
/** A reader every ten seconds; at which of them WeChat was asked to push. */
const askedAt = async (seconds: number): Promise<number[]> => {
  const asked: number[] = [];
  for (let at = 0; at <= seconds; at += 10) {
    const before = apiStartPushTicket.mock.calls.length;
    expect(await renew()).toMatchObject({ code: 'ticket-missing' });
    if (apiStartPushTicket.mock.calls.length > before) asked.push(at);
    vi.advanceTimersByTime(10_000);
  }
  return asked;
};

describe('without a ticket', () => {
  it('WeChat is asked for pushes with growing pauses, at most every twenty minutes', async () => {
    expect(await askedAt(5_000)).toEqual([0, 20, 60, 140, 300, 620, 1_260, 2_460, 3_660, 4_860]);
    expect(apiStartPushTicket).toHaveBeenCalledWith({ component_appid: component, component_secret: 's' });
    expect(apiComponentToken).not.toHaveBeenCalled();
  });

  it('and one that WeChat refuses counts as none', async () => {
    ticket = 'ticket@@@old';
    apiComponentToken.mockRejectedValue(
      new WechatApiError({
        kind: 'errcode',
        api: 'api_component_token',
        errcode: 61006,
        errmsg: 'expired',
        maybeExecuted: false,
      }),
    );
    expect(await askedAt(60)).toEqual([0, 20, 60]);
  });

  it('and after one that WeChat refuses the next newest is tried', async () => {
    ticket = 'ticket@@@of somebody else';
    apiComponentToken.mockImplementation(async (body: { component_verify_ticket: string }) => {
      if (body.component_verify_ticket === 'ticket@@@next') return { component_access_token: 't', expires_in: 7_200 };
      throw new WechatApiError({ kind: 'errcode', api: 'x', errcode: 61006, errmsg: 'invalid', maybeExecuted: false });
    });
    expect(await renew()).toMatchObject({ token: 't' });
    expect(apiStartPushTicket).not.toHaveBeenCalled();
  });

  it('that it fails to be asked costs a pause as well', async () => {
    apiStartPushTicket.mockRejectedValue(new Error('no connection'));
    expect(await askedAt(60)).toEqual([0, 20, 60]);
  });

  it('a token in between begins anew', async () => {
    expect(await askedAt(30)).toEqual([0, 20]);
    ticket = 'ticket@@@new';
    apiComponentToken.mockResolvedValue({ component_access_token: 't', expires_in: 7_200 });
    expect(await renew()).toMatchObject({ token: 't', expiresInMs: 7_200_000 });
    ticket = undefined;
    expect(await askedAt(30)).toEqual([0, 20]);
  });
});
