import { Inject, Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { inTransaction } from '#persistence';
import { CLOCK, type Clock, DomainError, LOGGER, type Logger, monotonicMs } from '#service';
import { type AuthorizationInfo, ERRCODE, WechatApi, WechatApiError } from '#wechat';
import { permissionSets } from '../authorizers/authorizer.domain.js';
import { AuthorizerRepository } from '../authorizers/authorizer.repository.js';
import { ProfileService } from '../authorizers/profile.service.js';
import { authorizerToken, componentToken } from '../tokens/token.domain.js';
import { TokenService } from '../tokens/token.service.js';
import { withToken } from '../tokens/with-token.js';
import { wechatProblem } from '../wechat/wechat-problem.js';
import { CodeRepository, type CodeSource, keysOf } from './code.repository.js';
import { VisitRepository } from './visit.repository.js';

export interface GrantDelivery {
  readonly componentAppid: string;
  readonly code: string;
  readonly source: CodeSource;
  /** The push tells; the callback does not. */
  readonly authorizerAppid?: string | undefined;
  /** By WeChat's clock. Default: now. */
  readonly grantedAt?: Date | undefined;
  /** The visit of the launch page this came of, if known. */
  readonly visitId?: string | undefined;
  /** Written in the transaction that stores the grant, last. */
  readonly alongside?: (manager: EntityManager) => Promise<void>;
}

export interface GrantOutcome {
  readonly authorizerAppid: string;
  /** False: another delivery of the same grant was first, and everything is already done. */
  readonly exchanged: boolean;
  /** A browser brought a code that was exchanged already, for another visit or none: it proves nothing. */
  readonly elsewhere?: boolean;
}

/** Some ten seconds, less than an exchange may take before it counts as abandoned. */
const STORE_ATTEMPTS = 8;

/**
 * Codes → tokens, once. The callback and the push deliver one grant, perhaps with different codes, at the same time, to different
 * replicas: the first one that claims the grant exchanges its code, the other one waits for it and does nothing.
 */
@Injectable()
export class GrantService {
  constructor(
    private readonly codes: CodeRepository,
    private readonly visits: VisitRepository,
    private readonly authorizers: AuthorizerRepository,
    private readonly profiles: ProfileService,
    private readonly tokens: TokenService,
    private readonly wechat: WechatApi,
    @Inject(LOGGER) private readonly logger: Logger,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** @throws DomainError */
  async accept(delivery: GrantDelivery): Promise<GrantOutcome> {
    let claimed: Awaited<ReturnType<CodeRepository['claim']>>;
    try {
      claimed = await this.codes.claim(delivery);
    } catch (error) {
      if (!(error instanceof DomainError) || error.code !== 'conflict') throw error;
      return { authorizerAppid: await this.adoptRefused(delivery, error), exchanged: false };
    }
    if (claimed.elsewhere !== undefined) return { authorizerAppid: claimed.elsewhere, exchanged: false, elsewhere: true };
    if (claimed.done !== undefined) {
      // The callback does not know when WeChat granted; what comes after is compared with the push's time.
      if (delivery.grantedAt) await this.authorizers.raiseGrantedAt(delivery.componentAppid, claimed.done, delivery.grantedAt);
      // Whoever stored it may have been killed before it told the others.
      await this.tokens.announce(authorizerToken(delivery.componentAppid, claimed.done));
      return { authorizerAppid: claimed.done, exchanged: false };
    }
    try {
      const authorizerAppid = await this.exchange(delivery, claimed.keys);
      return { authorizerAppid, exchanged: true };
    } catch (error) {
      const live = await this.liveDespite(delivery, error);
      if (live) {
        await this.finish(delivery, claimed.keys, live);
        return { authorizerAppid: live, exchanged: false };
      }
      await this.codes.release(claimed.keys, isFinal(error));
      throw toDomainError(error);
    }
  }

  /**
   * Stores what a code was exchanged for elsewhere in the broker: it is used up, and its grant must not be lost.
   * @param askedAt `monotonicMs()` when WeChat was asked
   */
  async keep(delivery: GrantDelivery, info: AuthorizationInfo, askedAt: number): Promise<void> {
    await this.store(delivery, info, keysOf(delivery), askedAt);
    await this.profiles.refresh(delivery.componentAppid, info.authorizer_appid).catch(() => {});
  }

  private async exchange(delivery: GrantDelivery, keys: readonly string[]): Promise<string> {
    const { componentAppid, code, source } = delivery;
    let askedAt = 0;
    const { authorization_info: info } = await withToken(this.tokens, componentToken(componentAppid), (token) => {
      askedAt = monotonicMs();
      return this.wechat.component.apiQueryAuth(token, { component_appid: componentAppid, authorization_code: code });
    });
    const authorizerAppid = info.authorizer_appid;
    await this.store(delivery, info, keys, askedAt);
    this.logger.info(
      { event: 'authorization.granted', component_appid: componentAppid, authorizer_appid: authorizerAppid, source },
      'An account authorized this component',
    );
    await this.profiles.refresh(componentAppid, authorizerAppid).catch(() => {});
    return authorizerAppid;
  }

  /** Everything of one answer in one transaction, before anybody sees the token. */
  private async store(delivery: GrantDelivery, info: AuthorizationInfo, keys: readonly string[], askedAt: number): Promise<void> {
    const { componentAppid, visitId } = delivery;
    const authorizerAppid = info.authorizer_appid;
    const fresh = info.authorizer_access_token
      ? { token: info.authorizer_access_token, expiresInMs: (info.expires_in ?? 7_200) * 1_000, askedAt }
      : undefined;
    const subject = authorizerToken(componentAppid, authorizerAppid);
    const grantedAt = delivery.grantedAt ?? new Date(this.clock.now());
    await this.tokens.capAtFormerLife(subject).catch(() => {});
    // The code is used up: the answer must not be lost because the database stumbles.
    const announce = await inTransaction(
      this.authorizers.dataSource,
      async (manager) => {
        const announceToken = await this.tokens.replace(manager, subject, fresh);
        await this.authorizers.storeGrant(manager, {
          componentAppid,
          authorizerAppid,
          refreshToken: info.authorizer_refresh_token,
          permissionSets: permissionSets(info.func_info),
          grantedAt,
        });
        await this.codes.finish(keys, 'exchanged', authorizerAppid, manager);
        if (visitId) await this.visits.complete(manager, visitId, authorizerAppid);
        await delivery.alongside?.(manager);
        return announceToken;
      },
      { attempts: STORE_ATTEMPTS, idempotent: true },
    );
    await announce();
  }

  /**
   * The other delivery of this code was refused, and could not say whose it is (its exchange had taken place, and the answer was lost).
   * This one can: the authorization is taken as WeChat has it.
   */
  private async adoptRefused(delivery: GrantDelivery, refused: DomainError): Promise<string> {
    const { componentAppid, authorizerAppid } = delivery;
    if (!authorizerAppid || !(await this.profiles.adopt(componentAppid, authorizerAppid))) throw refused;
    await this.finish(delivery, keysOf(delivery), authorizerAppid);
    return authorizerAppid;
  }

  private finish({ visitId }: GrantDelivery, keys: readonly string[], authorizerAppid: string): Promise<void> {
    return inTransaction(
      this.authorizers.dataSource,
      async (manager) => {
        await this.codes.finish(keys, 'exchanged', authorizerAppid, manager);
        if (visitId) await this.visits.complete(manager, visitId, authorizerAppid);
      },
      { idempotent: true },
    );
  }

  /** A code that is used up or too old is no loss if the authorization it stands for is alive. */
  private async liveDespite({ componentAppid, authorizerAppid }: GrantDelivery, error: unknown): Promise<string | undefined> {
    if (!(error instanceof WechatApiError) || !isFinal(error) || !authorizerAppid) return undefined;
    if (await this.profiles.adopt(componentAppid, authorizerAppid)) return authorizerAppid;
    const known = await this.authorizers.credentials(componentAppid, authorizerAppid);
    return known?.refreshToken && known.state !== 'cancelled' ? authorizerAppid : undefined;
  }
}

function isFinal(error: unknown): boolean {
  return error instanceof WechatApiError && isSpentCode(error.errcode);
}

/** WeChat will never take this authorization code (again): it was used, or is too old. */
export function isSpentCode(errcode: number | undefined): boolean {
  return errcode === ERRCODE.AUTHORIZATION_CODE_INVALID || errcode === ERRCODE.AUTHORIZATION_CODE_EXPIRED;
}

function toDomainError(error: unknown): unknown {
  return error instanceof WechatApiError ? wechatProblem(error, 'WeChat did not exchange the authorization code.') : error;
}
