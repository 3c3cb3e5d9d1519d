import { Injectable } from '@nestjs/common';
import { DomainError } from '#service';
import { WechatGateway } from '../../wechat/wechat-gateway.service.js';
import type { Words } from '../onboarding.domain.js';
import { newestCheck } from './face-check.js';
import { FilingPapers } from './filing-papers.js';
import { DONE, isPast, type OnboardingStep, OPEN, type Seen, type Turn } from './step.js';
import { taskOf } from './task-of.js';

const CORRECT: Words = {
  en: 'Correct what the reasons name (PATCH filing, PUT papers/…), and retry the order.',
  zh: '请按驳回原因修改 filing 或重新上传材料，然后重试该订单。',
};

/** The filing (备案): without it a mini program of the mainland does not go online. */
@Injectable()
export class FilingStep implements OnboardingStep {
  readonly name = 'filing';

  constructor(
    private readonly gateway: WechatGateway,
    private readonly papers: FilingPapers,
  ) {}

  async look(turn: Turn): Promise<Seen> {
    const filing = await this.gateway.byBroker((broker) => broker.goingOnline.filing(turn.app));
    const { state, waiting_for, reasons } = filing;
    if (state === 'filed') return DONE;
    if (filing.in_progress !== null) return { is: 'waiting', againMs: 10_000 };
    if (state === 'platform_review' || state === 'authority_review' || state === 'cancelling')
      return { is: 'waiting', task: taskOf('authority-sms', waiting_for) };
    const newest = await this.newest(turn);
    if (newest && turn.facts.application_id !== newest.application_id)
      await turn.remember({ application_id: newest.application_id });
    if (newest === undefined || isPast(turn, newest.application_id)) return OPEN;
    if (newest.state === 'refused')
      return {
        is: 'refused',
        problem: {
          code: 'filing-refused',
          detail: `WeChat did not take the application: ${newest.refusal?.errmsg ?? 'without a reason'}.`,
          errcode: newest.refusal?.errcode,
          rid: newest.refusal?.rid,
          remedy: newest.refusal?.remedy ?? CORRECT,
          errors: newest.refusal?.hints?.map(({ field, message }) => ({ field: `filing.${field}`, message })),
        },
      };
    if (state === 'platform_rejected' || state === 'authority_rejected')
      return {
        is: 'refused',
        problem: {
          code: state.replace('_', '-'),
          detail: `The filing was rejected: ${reasons.map(({ field, error }) => `${field} ${error}`).join('; ') || 'without a reason'}.`,
          remedy: CORRECT,
          errors: reasons.map(({ field, error, suggestion }) => ({ field, message: `${error} ${suggestion}` })),
        },
      };
    return newest.state === 'not_sent' ? OPEN : { is: 'waiting', againMs: 10_000 };
  }

  async act(turn: Turn): Promise<void> {
    await turn.client('filings.write');
    await this.papers.upload(turn);
    const check = await newestCheck(this.gateway, turn);
    if (check?.state !== 'passed' || check.task_id === null)
      throw new DomainError('conflict', 'The face check has ended meanwhile: another one is needed.', {
        members: { back_to: 'face-check' },
      });
    const form = await this.papers.form(turn, check.task_id);
    const made = await this.gateway.byBroker((broker) => broker.goingOnline.applyFiling(turn.app, { form }));
    await turn.remember({ application_id: made.application_id });
  }

  private async newest({ app }: Turn) {
    const { items } = await this.gateway.byBroker((broker) => broker.goingOnline.applications(app, { limit: 1 }));
    return items[0];
  }
}
