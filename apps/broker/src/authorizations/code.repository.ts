import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { changed, deleteInBites } from '#persistence';
import { DomainError, monotonicMs } from '#service';

export type CodeSource = 'callback' | 'push' | 'registration';

interface CodeClaim {
  readonly componentAppid: string;
  readonly code: string;
  readonly source: CodeSource;
  readonly authorizerAppid?: string | undefined;
  readonly visitId?: string | undefined;
}

type Claimed =
  | { readonly keys: string[]; readonly done?: never; readonly elsewhere?: never }
  | { readonly keys?: never; readonly done: string; readonly elsewhere?: never }
  | { readonly keys?: never; readonly done?: never; readonly elsewhere: string };

/** An exchange that was begun this long ago and did not end was killed: somebody else may take it over. */
const ABANDONED_S = 30;
const WAIT_MS = 15_000;

/**
 * `f_wechat_authorizationcode`: which codes were seen. The primary key settles the race. A grant that came of a visit of the launch
 * page has a second key, its visit: that is what its two deliveries have in common when their codes differ.
 */
@Injectable()
export class CodeRepository {
  constructor(private readonly dataSource: DataSource) {}

  /**
   * Claims the exchange, or waits for whoever has it.
   * @returns `done`: the authorizer, when it was exchanged by somebody else; else `keys`, to be finished or released; `elsewhere`: a browser
   *   brings a code that was exchanged already, and not for its visit
   */
  async claim(claim: CodeClaim): Promise<Claimed> {
    const keys = keysOf(claim);
    const deadline = monotonicMs() + WAIT_MS;
    for (;;) {
      const held: string[] = [];
      let other: { state: string; authorizer: string | null } | undefined;
      for (const key of keys) {
        if (await this.take(key, claim)) {
          held.push(key);
          continue;
        }
        other = await this.find(key);
        break;
      }
      if (held.length === keys.length) return { keys };
      await this.release(held, false);
      if (other?.state === 'exchanged' && other.authorizer && concerns(claim, other.authorizer)) {
        // Codes stand in addresses, which others may read: one that is used up proves nothing to the link of another visit.
        if (claim.source === 'callback' && held.length > 0) return { elsewhere: other.authorizer };
        return { done: other.authorizer };
      }
      if (other?.state === 'exchanged' && keys.length > 1) {
        // The visit was used for another account: this is a grant of its own.
        keys.shift();
        continue;
      }
      if (other?.state === 'failed')
        throw new DomainError(
          'conflict',
          'This authorization code was refused by WeChat before; the merchant must authorize again.',
        );
      if (monotonicMs() >= deadline)
        throw new DomainError('unavailable', 'The same authorization is being processed; try again.', { retryAfterS: 5 });
      await sleep(100);
    }
  }

  async finish(
    keys: readonly string[],
    state: 'exchanged' | 'failed',
    authorizerAppid: string | undefined,
    manager: EntityManager = this.dataSource.manager,
  ): Promise<void> {
    if (keys.length === 0) return;
    await manager.query(
      `UPDATE f_wechat_authorizationcode SET state = ?, authorizer_appid = ?, at = UTC_TIMESTAMP(3) WHERE code_hash IN (${keys.map(() => '?').join(', ')})`,
      [state, authorizerAppid ?? null, ...keys],
    );
  }

  /** @param final the code will never work; else another delivery may try it */
  async release(keys: readonly string[], final: boolean): Promise<void> {
    const [code, ...others] = [...keys].reverse();
    if (code === undefined) return;
    if (final) await this.finish([code], 'failed', undefined);
    const free = final ? others : keys;
    if (free.length === 0) return;
    await this.dataSource.query(
      `DELETE FROM f_wechat_authorizationcode WHERE state = 'exchanging' AND code_hash IN (${free.map(() => '?').join(', ')})`,
      [...free],
    );
  }

  /** Deletes codes that were seen more than so many days ago. */
  async expire(days: number): Promise<void> {
    await deleteInBites(this.dataSource, 'f_wechat_authorizationcode WHERE at < UTC_TIMESTAMP(3) - INTERVAL ? DAY', [days]);
  }

  private async take(key: string, claim: CodeClaim): Promise<boolean> {
    const inserted = await this.dataSource.query(
      `INSERT IGNORE INTO f_wechat_authorizationcode (code_hash, component_appid, authorizer_appid, source, state, at)
       VALUES (?, ?, ?, ?, 'exchanging', UTC_TIMESTAMP(3))`,
      [key, claim.componentAppid, claim.authorizerAppid ?? null, claim.source],
    );
    if (changed(inserted)) return true;
    const taken = await this.dataSource.query(
      `UPDATE f_wechat_authorizationcode SET source = ?, at = UTC_TIMESTAMP(3)
        WHERE code_hash = ? AND state = 'exchanging' AND at < UTC_TIMESTAMP(3) - INTERVAL ${ABANDONED_S} SECOND`,
      [claim.source, key],
    );
    return changed(taken);
  }

  private async find(key: string): Promise<{ state: string; authorizer: string | null } | undefined> {
    const [row] = await this.dataSource.query(
      'SELECT state, authorizer_appid AS authorizer FROM f_wechat_authorizationcode WHERE code_hash = ?',
      [key],
    );
    return row;
  }
}

/** The visit first: it is what both deliveries share. The code is always last. */
export function keysOf({ componentAppid, code, visitId }: Pick<CodeClaim, 'componentAppid' | 'code' | 'visitId'>): string[] {
  const hash = (text: string) => createHash('sha256').update(text).digest('hex');
  return [...(visitId ? [hash(`visit:${visitId}`)] : []), hash(`${componentAppid}:${code}`)];
}

function concerns(claim: CodeClaim, authorizerAppid: string): boolean {
  return claim.authorizerAppid === undefined || claim.authorizerAppid === authorizerAppid;
}
