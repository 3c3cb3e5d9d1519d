import { Injectable } from '@nestjs/common';
import { ERRCODE } from '#wechat';
import { AuditReader } from '../../audit/audit-reader.js';
import { ScreenshotService } from '../../screenshots/screenshot.service.js';
import { errcodeOf } from '../../wechat/wechat-failure.domain.js';
import { Publications } from '../publications.js';
import type { Release } from '../release.js';
import { ReleaseRepository } from '../release.repository.js';
import { ReleaseApprovals } from '../release-approvals.service.js';
import { grayPauseS, nextGrayStep, nextOpening, type PublishWindow, type ReleasePolicy } from '../release-policy.domain.js';
import { IDLE_CHECK_S } from '../retry.domain.js';
import { Reviews } from '../reviews.js';
import { Commit } from '../steps/commit.js';
import { Scan } from '../steps/scan.js';
import { StepRunner } from '../steps/step-runner.js';
import type { Waiting } from '../waiting.domain.js';

/** What follows by itself, as the state and the policy of a release say. */
@Injectable()
export class NextStep {
  constructor(
    private readonly releases: ReleaseRepository,
    private readonly reader: AuditReader,
    private readonly reviews: Reviews,
    private readonly publications: Publications,
    private readonly runner: StepRunner,
    private readonly commit: Commit,
    private readonly scan: Scan,
    private readonly approvals: ReleaseApprovals,
    private readonly screenshots: ScreenshotService,
  ) {}

  /** @returns whether the step after it is due at once. @throws DomainError, WechatApiError, BrokerError */
  async take(row: Release): Promise<boolean> {
    if (row.state === 'scanning') return this.scan.run(row);
    await this.carryOn(row);
    return false;
  }

  private async carryOn(row: Release): Promise<void> {
    const { policy } = row;
    switch (row.state) {
      case 'created':
        return this.commit.run(row);
      case 'ready':
        return policy.submit === 'auto' ? this.submit(row, policy) : this.idle(row, null);
      case 'auditing':
        return this.reviews.refresh(row, 'poll');
      case 'approved':
      case 'graying':
        return policy.publish === 'auto' ? this.publish(row, policy) : this.compare(row);
      case 'rejected':
        await this.screenshots.fetch(row);
        return this.idle(row, null);
      default:
        return this.idle(row, null);
    }
  }

  private async submit(row: Release, { submit_window }: ReleasePolicy): Promise<void> {
    if (await this.awaitsWindow(row, submit_window)) return;
    await this.runner.run('submit', row, {}, null);
  }

  /** Second person, window, gray steps, everybody: in this order. */
  private async publish(row: Release, policy: ReleasePolicy): Promise<void> {
    const now = this.releases.now();
    if (this.approvals.needed(row) && !(await this.approvals.agreed(row))) return this.awaitApproval(row);
    if (await this.awaitsWindow(row, policy.publish_window)) return;
    const until = new Date((row.grayAt?.getTime() ?? 0) + grayPauseS(policy.gray, row.grayPercentage) * 1_000);
    if (row.grayPercentage !== null && until > now)
      return this.wait(row, { for: 'gray-pause', until: until.toISOString() }, until);
    const step = nextGrayStep(policy.gray, row.grayPercentage);
    if (!step) return this.runner.run('publish', row, {}, null);
    try {
      await this.runner.run('gray', row, { body: { gray_percentage: step.percentage } }, null);
    } catch (error) {
      // Never online before: there is no version for the others to stay on.
      if (errcodeOf(error) !== ERRCODE.NEVER_RELEASED) throw error;
      await this.runner.run('publish', await this.releases.get(row.releaseId), {}, null);
    }
  }

  /** @returns whether it has to wait until the window opens */
  private async awaitsWindow(row: Release, window: PublishWindow | undefined): Promise<boolean> {
    const now = this.releases.now();
    const opens = window ? nextOpening(window, now) : now;
    if (opens <= now) return false;
    await this.wait(row, { for: 'window', until: opens.toISOString() }, opens);
    return true;
  }

  private async awaitApproval(row: Release): Promise<void> {
    await this.wait(row, { for: 'approval' }, null);
    await this.approvals.announce(row);
    // Given in this very moment: whoever gave it has not seen that it was waited for.
    if (await this.approvals.agreed(row)) await this.releases.patch(row, { waiting: null, nextCheckAt: this.releases.now() });
  }

  private async wait(row: Release, waiting: Waiting, until: Date | null): Promise<void> {
    await this.releases.patch(row, { waiting, nextCheckAt: until });
  }

  /** It waits for a person; that it was published in another console is noticed. */
  private async compare(row: Release): Promise<void> {
    const onlineAt = await this.reader.isOnline(row);
    if (onlineAt && row.state === 'approved') await this.publications.released(row, 'poll.online', onlineAt);
    else await this.idle(row, IDLE_CHECK_S);
  }

  private async idle(row: Release, seconds: number | null): Promise<void> {
    await this.releases.patch(row, { nextCheckAt: seconds === null ? null : this.releases.in(seconds) });
  }
}
