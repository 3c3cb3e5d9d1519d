import { Injectable } from '@nestjs/common';
import type { BeginCertificationRequest, CertificationOverview } from '#broker-client';
import { WechatGateway } from '../../wechat/wechat-gateway.service.js';
import type { Problem, Words } from '../onboarding.domain.js';
import { papersIn, withPapers } from '../papers.domain.js';
import { DONE, isPast, type OnboardingStep, OPEN, type Seen, type Turn } from './step.js';
import { taskOf } from './task-of.js';

type Order = NonNullable<CertificationOverview['order']>;

const CERTIFIED: ReadonlySet<string> = new Set(['passed', 'filing_platform_review', 'filing_authority_review', 'done']);
/** It is over, or a person of ours has to correct something. */
const ENDED: ReadonlySet<string> = new Set([
  'refused',
  'returned',
  'failed',
  'expired',
  'declined',
  'order_failed',
  'terminated',
]);
/** As long as the broker waits for an event. */
const UNCLEAR_MS = 600_000;
const AGAIN: Words = {
  en: 'Correct what the reason says (PATCH certification, PUT papers/…), and retry the order.',
  zh: '请按原因修改 certification 或重新上传材料，然后重试该订单。',
};

/** The mini program is certified (认证): without it nobody finds it by search, and it is not shared. */
@Injectable()
export class CertificationStep implements OnboardingStep {
  readonly name = 'certification';

  constructor(private readonly gateway: WechatGateway) {}

  async look(turn: Turn): Promise<Seen> {
    const { certified_at, ends_at, order } = await this.gateway.byBroker((broker) => broker.goingOnline.certification(turn.app));
    if (!order) return certified_at !== null || ends_at !== null || (await this.isCertified(turn)) ? DONE : OPEN;
    if (turn.facts.certification_id !== order.certification_id) await turn.remember({ certification_id: order.certification_id });
    if (CERTIFIED.has(order.state)) return DONE;
    if (ENDED.has(order.state)) return isPast(turn, order.certification_id) ? OPEN : { is: 'refused', problem: problemOf(order) };
    // Nobody knows, and no event has come: another one may be begun.
    if (order.state === 'unclear' && Date.now() - Date.parse(order.created_at) > UNCLEAR_MS) return OPEN;
    return { is: 'waiting', task: taskOf(`certification-${order.state.replaceAll('_', '-')}`, order.waiting_for) };
  }

  /** Also elsewhere: while it is not filed, WeChat says what is missing besides. */
  private async isCertified({ app }: Turn): Promise<boolean> {
    const { state, missing } = await this.gateway.byBroker((broker) => broker.goingOnline.filing(app));
    return state === 'not_filed' && !missing.includes('certification');
  }

  async act(turn: Turn): Promise<void> {
    await turn.client('certifications.write');
    const { app, data } = turn;
    const media = new Map<string, string>();
    for (const { paper } of papersIn(data.certification)) {
      if (media.has(paper)) continue;
      const file = await turn.paper(paper);
      const { media_id } = await this.gateway.byBroker((broker) => broker.goingOnline.uploadMaterial(app, file));
      media.set(paper, media_id);
    }
    const auth_data = withPapers(data.certification, ({ paper }) => media.get(paper)!) as BeginCertificationRequest['auth_data'];
    const { order } = await this.gateway.byBroker((broker) => broker.goingOnline.certification(app));
    const again_for = order?.state === 'returned' ? order.certification_id : undefined;
    const made = await this.gateway.byBroker((broker) =>
      broker.goingOnline.beginCertification(app, { auth_data, ...(again_for === undefined ? {} : { again_for }) }),
    );
    await turn.remember({ certification_id: made.certification_id });
  }
}

function problemOf({ state, reason, refusal, waiting_for }: Order): Problem {
  const detail = reason ?? refusal?.errmsg ?? waiting_for?.what.en ?? `It is ${state}.`;
  return {
    code: `certification-${state.replaceAll('_', '-')}`,
    detail: `The certification: ${detail}`,
    errcode: refusal?.errcode,
    rid: refusal?.rid,
    remedy: refusal?.remedy ?? AGAIN,
    errors: refusal?.hints?.map(({ field, message }) => ({ field, message })),
  };
}
