import { Injectable } from '@nestjs/common';
import type { VerificationView } from '#broker-client';
import { DomainError } from '#service';
import { WechatGateway } from '../../wechat/wechat-gateway.service.js';
import type { Words } from '../onboarding.domain.js';
import { FilingPapers } from './filing-papers.js';
import { DONE, isPast, type OnboardingStep, OPEN, type Seen, type Turn } from './step.js';

const IN_REVIEW: ReadonlySet<string> = new Set(['filed', 'platform_review', 'authority_review', 'cancelling']);
const CHECK: Words = {
  en: 'The administrator opens the notice in WeChat (valid for 24 hours), and passes the face check: light background, no hat, mask or headphones.',
  zh: '请管理员打开微信服务通知（24 小时内有效）完成人脸核身：浅色背景，不戴帽子、口罩、耳机。',
};
const ANEW: Words = {
  en: 'Tell the administrator, and retry the order: another face check is asked for.',
  zh: '请告知管理员，并重试该订单：将重新发起人脸核身。',
};
const CORRECT: Words = {
  en: 'Correct the fields (PATCH filing), and retry the order.',
  zh: '请修改 filing 中的字段，然后重试该订单。',
};
/** Stands for the check that is asked for when all else is right. */
const NONE_YET = 'not-asked-yet';
/** So long a face check whose id did not come is waited for. */
const UNCLEAR_MS = 300_000;
/** An application must still reach WeChat before the check ends. */
const LEFT_MS = 10 * 60_000;

/** The administrator's face check, asked for when everything else is ready: it is good for three days (filing-and-certification.md §1.4). */
@Injectable()
export class FaceCheckStep implements OnboardingStep {
  readonly name = 'face-check';

  constructor(
    private readonly gateway: WechatGateway,
    private readonly papers: FilingPapers,
  ) {}

  async look(turn: Turn): Promise<Seen> {
    const filing = await this.gateway.byBroker((broker) => broker.goingOnline.filing(turn.app));
    if (IN_REVIEW.has(filing.state) || filing.in_progress === 'apply') return DONE;
    const check = await newestCheck(this.gateway, turn);
    if (!check) return OPEN;
    if (turn.facts.verification_id !== check.verification_id) await turn.remember({ verification_id: check.verification_id });
    const leftMs = Date.parse(check.expires_at) - Date.now();
    switch (check.state) {
      case 'passed':
        return leftMs > LEFT_MS ? DONE : OPEN;
      case 'open':
        return {
          is: 'waiting',
          task: {
            code: 'face-check',
            who: 'administrator',
            what: CHECK,
            url: check.verify_url ?? undefined,
            until: check.expires_at,
          },
        };
      case 'failed':
      case 'expired':
        if (isPast(turn, check.verification_id)) return OPEN;
        return {
          is: 'refused',
          problem: {
            code: `face-check-${check.state}`,
            detail: `The face check of the administrator has ${check.state}.`,
            remedy: ANEW,
          },
        };
      default:
        // Its answer was lost: the administrator may have got the notice, and the event then brings its id. Another one does no harm.
        return Date.now() - Date.parse(check.created_at) < UNCLEAR_MS
          ? { is: 'waiting', task: { code: 'face-check', who: 'administrator', what: CHECK, until: check.expires_at } }
          : OPEN;
    }
  }

  async act(turn: Turn): Promise<void> {
    await turn.client('filings.write');
    await this.papers.upload(turn);
    const form = await this.papers.form(turn, NONE_YET);
    const { problems } = await this.gateway.byBroker((broker) => broker.goingOnline.checkFiling(turn.app, { form }));
    const errors = problems
      .filter(({ field }) => !field.endsWith('verify_task_id'))
      .map(({ field, message }) => ({ field: `filing.${field}`, message: `${message.en} (${message.zh})` }));
    if (errors.length > 0)
      throw new DomainError('invalid-request', `WeChat would refuse the form: ${errors.map(({ field }) => field).join(', ')}.`, {
        errors,
        remedy: CORRECT,
      });
    const made = await this.gateway.byBroker((broker) => broker.goingOnline.createVerification(turn.app));
    await turn.remember({ verification_id: made.verification_id });
  }
}

export async function newestCheck(gateway: WechatGateway, { app }: Turn): Promise<VerificationView | undefined> {
  const { items } = await gateway.byBroker((broker) => broker.goingOnline.verifications(app, { limit: 1 }));
  return items[0];
}
