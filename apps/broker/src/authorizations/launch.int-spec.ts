import type { FastifyReply, FastifyRequest } from 'fastify';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DomainError, RateLimiter } from '#service';
import { Launches, logger } from '../../testing/launches.js';
import type { GrantService } from './grant.service.js';
import { LaunchController } from './launch.controller.js';

let launches: Launches;
let linkId: string;
let controller: LaunchController;
/** Codes that came as far as WeChat, which refuses them all. */
let tried: string[] = [];

beforeAll(async () => {
  const grants = {
    accept: async ({ code }: { code: string }) => {
      tried.push(code);
      throw new DomainError('wechat-refused', 'WeChat did not exchange the authorization code.');
    },
  } as unknown as GrantService;
  launches = await Launches.start(() => grants);
  linkId = await launches.link();
  controller = new LaunchController(launches.service, new RateLimiter(), logger);
});
afterAll(() => launches?.stop());

/** @returns the status of the page */
async function callback(visit: string, ip: string): Promise<number> {
  let answered = 0;
  const reply: unknown = new Proxy(
    {},
    {
      get: (_, name) => (value: number) => {
        if (name === 'status') answered = value;
        return reply;
      },
    },
  );
  const request = { ip, id: 'r', headers: {} } as unknown as FastifyRequest;
  await controller.callback({ visit, auth_code: `nonsense${tried.length}` }, request, reply as FastifyReply);
  return answered;
}

describe('the callback', () => {
  it('tries three codes per visit, from wherever they come', async () => {
    const visit = await launches.visit(linkId);
    tried = [];
    const pages: number[] = [];
    for (let i = 0; i < 5; i += 1) pages.push(await callback(visit, `10.0.0.${i}`));
    expect(pages).toEqual([503, 503, 503, 404, 404]);
    expect(tried).toHaveLength(3);
  });

  it('is limited by address', async () => {
    tried = [];
    const pages: number[] = [];
    for (let i = 0; i < 30; i += 1) pages.push(await callback(await launches.visit(linkId), '10.0.1.1'));
    expect(pages[0]).toBe(503);
    expect(pages.at(-1)).toBe(429);
    expect(tried.length).toBeLessThan(30);
  });

  it('is limited by visit', async () => {
    const visit = await launches.visit(linkId);
    const pages: number[] = [];
    for (let i = 0; i < 30; i += 1) pages.push(await callback(visit, `10.0.2.${i}`));
    expect(pages.at(-1)).toBe(429);
  });
});
