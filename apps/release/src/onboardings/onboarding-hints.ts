import { Inject, Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { BINDINGS, SecretBox, SecretUnreadableError } from '#persistence';
import { LOGGER, type Logger, Periodic } from '#service';
import { ReleaseConfig } from '../config/release.config.js';
import { OnboardingRepository } from './onboarding.repository.js';
import { orderOf } from './steps/account.js';

const AT_ONCE = 500;
/** Of these an order may be waiting for what they tell. */
const TELLING =
  "(kind LIKE 'wxplane.registration%' OR kind LIKE 'wxplane.filing%' OR kind LIKE 'wxplane.certification%' OR kind LIKE 'wxplane.release%' OR kind = 'authorized')";

interface Told {
  readonly event_id: string;
  readonly component_appid: string;
  readonly authorizer_appid: string | null;
  readonly kind: string;
  readonly dedupe_key: string;
  readonly payload: string;
}

/**
 * Events of the inbox as hints: whom they are about is looked at now, and not when the runner would look by itself. What is missed here, such
 * as what came while no replica was up, the runner finds.
 */
@Injectable()
export class OnboardingHints {
  private seen: string | undefined;

  constructor(
    private readonly dataSource: DataSource,
    private readonly rows: OnboardingRepository,
    private readonly box: SecretBox,
    { RELEASE_SWEEP_MS }: ReleaseConfig,
    @Inject(LOGGER) private readonly logger: Logger,
    periodic: Periodic,
  ) {
    periodic.every('onboardings.hints', Math.max(1_000, RELEASE_SWEEP_MS), () => this.read(), 'later');
  }

  async read(): Promise<void> {
    const newest = await this.newest();
    const from = this.seen ?? newest;
    this.seen = newest;
    if (from === newest) return;
    const told: Told[] = await this.dataSource.query(
      `SELECT event_id, component_appid, authorizer_appid, kind, dedupe_key, payload FROM f_wechat_event
        WHERE event_id > ? AND event_id <= ? AND ${TELLING} ORDER BY event_id LIMIT ${AT_ONCE}`,
      [from, newest],
    );
    for (const one of told) {
      const { component_appid: componentAppid, authorizer_appid: appid } = one;
      const onboardingId = one.kind.startsWith('wxplane.registration') ? this.orderIn(one) : undefined;
      if (appid !== null || onboardingId !== undefined) await this.rows.hint(componentAppid, { appid, onboardingId });
    }
  }

  private async newest(): Promise<string> {
    const [row]: { newest: string | null }[] = await this.dataSource.query('SELECT MAX(event_id) AS newest FROM f_wechat_event');
    return String(row?.newest ?? 0);
  }

  /** A registration tells of an order before there is a mini program. */
  private orderIn({ component_appid, dedupe_key, payload }: Told): string | undefined {
    try {
      const { reference } = JSON.parse(this.box.open(payload, BINDINGS.event(component_appid, dedupe_key))) as {
        reference?: string | null;
      };
      return orderOf(reference);
    } catch (error) {
      if (!(error instanceof SecretUnreadableError)) throw error;
      this.logger.debug({ event: 'onboardings.hint-unread' }, 'An event could not be read; the runner looks by itself');
      return undefined;
    }
  }
}
