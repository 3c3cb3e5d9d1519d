import { createHash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import type { RegistrationView } from '#broker-client';
import { DomainError } from '#service';
import { MiniProgramRepository } from '../../mini-programs/mini-program.repository.js';
import { WechatGateway } from '../../wechat/wechat-gateway.service.js';
import type { Words } from '../onboarding.domain.js';
import { DONE, isPast, type OnboardingStep, OPEN, type Seen, type Turn } from './step.js';

const AUTHORIZE: Words = {
  en: 'The administrator of the mini program opens the link, and authorizes the platform.',
  zh: '请小程序管理员打开链接，完成对平台的授权。',
};
const RENEW: Words = {
  en: 'Retry the order: the registration is begun anew, and its page keeps its address. Correct the data before, if they were wrong.',
  zh: '请重试该订单：注册将重新发起，页面地址不变；如资料有误，请先修改。',
};
const AUTHORIZE_ANEW: Words = {
  en: 'Its authorization code has ended: retry the order once its administrator has authorized anew.',
  zh: '授权码已过期：请管理员重新授权后重试。',
};
/** The tokens of a new mini program are there within minutes, or only the merchant can help. */
const SETTLING_MS = 30 * 60_000;
const LINK_S = 30 * 86_400;

/** The merchant gets a mini program, or lets us manage the one it has. */
@Injectable()
export class AccountStep implements OnboardingStep {
  readonly name = 'account';

  constructor(
    private readonly gateway: WechatGateway,
    private readonly miniPrograms: MiniProgramRepository,
  ) {}

  look(turn: Turn): Promise<Seen> {
    return turn.data.registration ? this.registration(turn) : this.authorization(turn);
  }

  async act(turn: Turn): Promise<void> {
    const { componentAppid, onboardingId } = turn.row;
    const { registration, authorizer_appid: biz_appid } = turn.data;
    if (!registration) {
      await turn.client('links.write');
      const body = { biz_appid, expires_in: LINK_S, state: `onboarding-${onboardingId}` };
      const link = await this.gateway.byBroker((broker) => broker.createAuthorizationLink(componentAppid, body));
      await turn.remember({ link: { link_id: link.link_id, url: link.url, expires_at: link.expires_at } });
      return;
    }
    await turn.client('registrations.write');
    const hash = hashOf(registration);
    const former = turn.facts.registration_id;
    const made =
      former !== undefined && turn.facts.registration_hash === hash
        ? await this.gateway.byBroker((broker) => broker.renewRegistration(componentAppid, former))
        : await this.gateway.byBroker((broker) =>
            broker.createRegistration(componentAppid, { ...registration, reference: referenceOf(onboardingId) }),
          );
    await turn.remember({
      registration_id: made.registration_id,
      registration_hash: hash,
      past: (turn.facts.past ?? []).filter((id) => id !== made.registration_id),
    });
  }

  private async authorization({ row, data, facts, remember }: Turn): Promise<Seen> {
    const appid = data.authorizer_appid!;
    const known = await this.miniPrograms.authorizer(row.componentAppid, appid);
    if (known && known.state !== 'cancelled' && known.state !== 'needs_reauthorization') {
      if (known.kind !== null && known.kind !== 'mini_program')
        throw new DomainError('invalid-request', `authorizer_appid: ${appid} is no mini program.`);
      if (row.appid !== appid) await remember({}, appid);
      return DONE;
    }
    const { link } = facts;
    if (!link || Date.parse(link.expires_at) <= Date.now()) return OPEN;
    return {
      is: 'waiting',
      task: { code: 'authorize', who: 'administrator', what: AUTHORIZE, url: link.url, until: link.expires_at },
    };
  }

  private async registration(turn: Turn): Promise<Seen> {
    const found = await this.find(turn);
    if (!found) return OPEN;
    const { registration_id: id, state, page_url: url, expires_at, who_acts, reason, errcode, remedy } = found;
    if (turn.facts.registration_id !== id)
      await turn.remember({ registration_id: id, registration_hash: hashOf(turn.data.registration) });
    switch (state) {
      case 'done':
        if (found.authorizer_appid !== null && turn.row.appid !== found.authorizer_appid)
          await turn.remember({}, found.authorizer_appid);
        return DONE;
      case 'waiting': {
        const who = who_acts ?? { en: 'the merchant', zh: '商家' };
        const what = { en: `On the page: ${who.en} agrees, and passes the checks.`, zh: `请${who.zh}在页面上确认并完成核验。` };
        return {
          is: 'waiting',
          task: { code: 'register', who: 'merchant', what, url, until: expires_at ?? undefined },
        };
      }
      case 'failed':
      case 'expired':
        if (isPast(turn, id)) return OPEN;
        return {
          is: 'refused',
          problem: {
            code: `registration-${state}`,
            detail: reason ?? `The registration is ${state}.`,
            errcode: errcode ?? undefined,
            remedy: remedy ?? RENEW,
          },
        };
      case 'created': {
        const stuck = Date.now() - Date.parse(found.updated_at) > SETTLING_MS;
        const task = { code: 'authorize-anew', who: 'administrator', what: AUTHORIZE_ANEW } as const;
        return { is: 'waiting', task: stuck ? task : undefined };
      }
      default:
        return { is: 'waiting' };
    }
  }

  /** What was begun for this order, also by a process that did not come to write it down. */
  private async find({ row, facts }: Turn): Promise<RegistrationView | undefined> {
    const { componentAppid, onboardingId } = row;
    const id = facts.registration_id;
    if (id !== undefined) return this.gateway.byBroker((broker) => broker.registration(componentAppid, id));
    const query = { reference: referenceOf(onboardingId), limit: 1 };
    const { items } = await this.gateway.byBroker((broker) => broker.listRegistrations(componentAppid, query));
    return items[0];
  }
}

const referenceOf = (onboardingId: string): string => `onboarding-${onboardingId}`;
/** The order that a registration's `reference` names. */
export const orderOf = (reference: string | null | undefined): string | undefined =>
  /^onboarding-([0-9a-f]{32})$/.exec(reference ?? '')?.[1];

const hashOf = (data: unknown): string =>
  createHash('sha256')
    .update(JSON.stringify(data ?? null))
    .digest('hex')
    .slice(0, 32);
