import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { WechatApiError } from '#wechat';
import { ProfileService } from '../authorizers/profile.service.js';

/** Asked for at the same time. */
const AT_ONCE = 8;
const BATCH = 200;
/** In so many nights everybody's profile is read again. */
const NIGHTS = 7;
const SMALLEST_BITE = 50;
/** How often one is asked for while WeChat is not well; then the whole run rests. */
const TRIES = 3;
const FIRST_PAUSE_MS = 200;
/** WeChat's limit of a minute is over then. */
const MINUTE_MS = 60_000;

export interface ProfilesRead {
  readonly read: number;
  /** WeChat gave none: such as of an account that has just left. */
  readonly failed: number;
}

/**
 * Reads the profile and the permission sets of every authorizer of which they are not known. What was read stands in the
 * authorizer's row, so a run that was interrupted goes on where it was.
 */
@Injectable()
export class ProfilesOfList {
  constructor(
    private readonly dataSource: DataSource,
    private readonly profiles: ProfileService,
  ) {}

  async unknown(componentAppid: string): Promise<number> {
    const [row] = await this.dataSource.query(`SELECT COUNT(*) AS n FROM f_wechat_authorizer WHERE ${UNKNOWN}`, [componentAppid]);
    return Number(row.n);
  }

  /**
   * @param heard called now and then with what was read by this call
   * @throws what concerns everybody: WeChat or the database are away, the quota of the platform is used up
   */
  async read(componentAppid: string, heard: (soFar: ProfilesRead) => Promise<unknown>): Promise<ProfilesRead> {
    let [after, read, failed] = [0, 0, 0];
    for (;;) {
      const rows: { id: number; appid: string }[] = await this.dataSource.query(
        `SELECT authorizer_id AS id, authorizer_appid AS appid FROM f_wechat_authorizer
          WHERE ${UNKNOWN} AND authorizer_id > ? ORDER BY authorizer_id LIMIT ${BATCH}`,
        [componentAppid, after],
      );
      if (rows.length === 0) return { read, failed };
      for (let from = 0; from < rows.length; from += AT_ONCE) {
        const some = rows.slice(from, from + AT_ONCE);
        const done = await Promise.allSettled(some.map(({ appid }) => this.one(componentAppid, appid)));
        read += done.filter((one) => one.status === 'fulfilled' && one.value).length;
        failed += done.filter((one) => one.status === 'fulfilled' && !one.value).length;
        await heard({ read, failed });
        // Only now: nothing of it runs on.
        for (const one of done) if (one.status === 'rejected') throw one.reason;
      }
      after = Number(rows.at(-1)?.id);
    }
  }

  /**
   * Reads again what is older than a day, the oldest first: so many that everybody has had a turn within a week. A merchant who was renamed
   * while no event told us is known by the new name then.
   * @returns how many were read; fewer when WeChat or its quota do not want more, which is no matter of the sync
   */
  async renewOldest(componentAppid: string, heard: () => Promise<unknown>): Promise<number> {
    const [row] = await this.dataSource.query(`SELECT COUNT(*) AS n FROM f_wechat_authorizer WHERE ${KNOWN}`, [componentAppid]);
    const bite = Math.max(SMALLEST_BITE, Math.ceil(Number(row.n) / NIGHTS));
    const rows: { appid: string }[] = await this.dataSource.query(
      `SELECT authorizer_appid AS appid FROM f_wechat_authorizer
        WHERE ${KNOWN} AND profile_at < UTC_TIMESTAMP(3) - INTERVAL 20 HOUR ORDER BY profile_at LIMIT ${bite}`,
      [componentAppid],
    );
    let read = 0;
    for (const { appid } of rows) {
      try {
        if (await this.one(componentAppid, appid)) read += 1;
      } catch (error) {
        if (error instanceof WechatApiError) return read;
        throw error;
      }
      await heard();
    }
    return read;
  }

  /** @returns false when WeChat has none of this one */
  private async one(componentAppid: string, appid: string): Promise<boolean> {
    for (let tries = 1; ; tries += 1) {
      try {
        await this.profiles.refresh(componentAppid, appid);
        return true;
      } catch (error) {
        if (!(error instanceof WechatApiError)) throw error;
        const pauseMs = pauseOf(error, tries);
        if (pauseMs !== undefined) await new Promise((resolve) => setTimeout(resolve, pauseMs));
        else if (error.concerns === 'everybody' || error.concerns === 'component') throw error;
        else return false;
      }
    }
  }
}

/** How long until the same call may work; `undefined`: it is not to be repeated here. */
function pauseOf({ reaction, concerns }: WechatApiError, tries: number): number | undefined {
  if (reaction === 'retry-next-minute') return MINUTE_MS;
  return concerns === 'everybody' && tries < TRIES ? FIRST_PAUSE_MS * 5 ** (tries - 1) : undefined;
}

const KNOWN = `component_appid = ? AND state <> 'cancelled' AND missing_since IS NULL AND profile_at IS NOT NULL`;

/** Never read, or stored without its permission sets; but still on WeChat's list: of those that are not it gives no profile. */
const UNKNOWN = `component_appid = ? AND state <> 'cancelled' AND missing_since IS NULL AND (profile_at IS NULL OR permission_sets_at IS NULL)`;
