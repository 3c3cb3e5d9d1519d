import { Injectable } from '@nestjs/common';
import { idOfRelease } from '../../approvals/approval.domain.js';
import type { CreateRelease } from '../../releases/api/release.dto.js';
import { toReleaseView } from '../../releases/api/release.view.js';
import { ReleaseMaker } from '../../releases/api/release-maker.service.js';
import type { Release } from '../../releases/release.js';
import { ReleaseRepository } from '../../releases/release.repository.js';
import type { Task, Words } from '../onboarding.domain.js';
import { DONE, isPast, type OnboardingStep, OPEN, type Seen, type Turn } from './step.js';

const words = (en: string, zh: string): Words => ({ en, zh });
const AGREE = words(
  'Somebody else agrees that it goes online: POST /v1/releases/{release_id}/approve.',
  '请另一位操作者同意发布。',
);
const SUBMIT = words(
  'Submit the release, or look at its preflight: POST /v1/releases/{release_id}/submit.',
  '请提交审核，或查看提审前检查。',
);
const PUBLISH = words('Publish the release: POST /v1/releases/{release_id}/publish.', '请发布该版本。');
const LOOK = words(
  'Look at the release: its last error says what to do. Then retry the order.',
  '请查看该发布单的 last_error 并处理，然后重试该订单。',
);
const MEND = words(
  'Mend what the reviewer names, and submit the release again; or PATCH release with another version, and retry the order.',
  '请按审核意见修改后重新提交；或修改 release 为新版本后重试该订单。',
);
const OVER: ReadonlySet<string> = new Set(['failed', 'stopped', 'superseded', 'reverted', 'withdrawn']);

/** The first version goes online. */
@Injectable()
export class ReleaseStep implements OnboardingStep {
  readonly name = 'release';

  constructor(
    private readonly releases: ReleaseRepository,
    private readonly maker: ReleaseMaker,
  ) {}

  async look(turn: Turn): Promise<Seen> {
    const row = await this.find(turn);
    if (!row) return OPEN;
    const { releaseId, state } = row;
    if (turn.facts.release_id !== releaseId) await turn.remember({ release_id: releaseId });
    if (state === 'released') return DONE;
    const { waiting, last_error, needs_attention, audit } = toReleaseView(row);
    if (state === 'rejected')
      return refused('release-rejected', `Reviewers rejected the version: ${audit.reason_text ?? 'without a reason'}.`, MEND);
    if (OVER.has(state)) {
      const why = last_error?.errmsg ?? waiting?.reason ?? 'it ended';
      return { ...refused(`release-${state}`, `The release is ${state}: ${why}.`, LOOK) };
    }
    if (waiting?.for === 'approval') return asked('agree', 'second_person', AGREE, { approval_id: idOfRelease(releaseId) });
    if (needs_attention) {
      const detail = last_error ? `${last_error.step}: ${last_error.errmsg}` : (waiting?.reason ?? 'It waits for an operator');
      return asked('look-at-release', 'operator', words(`${LOOK.en} (${detail})`, `${LOOK.zh}（${detail}）`));
    }
    if (state === 'ready' && row.policy.submit !== 'auto') return asked('submit', 'operator', SUBMIT);
    if (state === 'approved' && row.policy.publish !== 'auto') return asked('publish', 'operator', PUBLISH);
    return { is: 'waiting' };
  }

  async act(turn: Turn): Promise<void> {
    for (const permission of ['releases.submit', 'releases.publish'] as const) await turn.client(permission);
    const client = await turn.client('releases.make');
    const { policy, ...given } = turn.data.release as unknown as CreateRelease;
    const request = {
      ...given,
      authorizer_appid: turn.app.authorizer_appid,
      policy: { submit: 'auto', publish: 'auto', ...policy },
    } as CreateRelease;
    const row = await this.maker.create(turn.app.component_appid, request, client, await turn.makers());
    await turn.remember({ release_id: row.releaseId });
  }

  /** The one that was made for this order, also by a process that did not come to write it down; or one that does what the order wants. */
  private async find(turn: Turn): Promise<Release | undefined> {
    const { row, facts, data } = turn;
    const known = facts.release_id === undefined ? undefined : await this.releases.get(facts.release_id);
    if (known && !isForgotten(turn, known)) return known;
    const { component_appid: componentAppid, authorizer_appid: authorizerAppid } = turn.app;
    const wanted = data.release;
    const rows = await this.releases.search({
      ...{ componentAppid, authorizerAppid, limit: 20 },
      ...(wanted ? { templateId: wanted.template_id, userVersion: wanted.user_version } : { states: ['released'] as const }),
    });
    return rows.find(
      (one) =>
        !isForgotten(turn, one) && (one.state === 'released' || (one.createdAt !== null && one.createdAt >= row.createdAt)),
    );
  }
}

/** It failed before somebody mended it; one that goes on all the same, by hand, is followed. */
const isForgotten = (turn: Turn, { releaseId, state }: Release): boolean =>
  isPast(turn, releaseId) && (state === 'rejected' || OVER.has(state));

const refused = (code: string, detail: string, remedy: Words): Seen => ({ is: 'refused', problem: { code, detail, remedy } });
const asked = (code: string, who: Task['who'], what: Words, more: Partial<Task> = {}): Seen => ({
  is: 'waiting',
  task: { code, who, what, ...more },
});
