import { Injectable } from '@nestjs/common';
import { AuthorizerEntity, type RegistrationEntity } from '#persistence';
import { AuthorizerRepository } from '../authorizers/authorizer.repository.js';
import { RegistrationRepository } from './registration.repository.js';
import { type RegistrationRequest, WAYS, withoutTrialSuffix } from './ways.domain.js';

/** WeChat makes an app within seconds; clocks are this far apart at most. */
const BEFORE_MS = 5 * 60_000;

/**
 * Which mini program came of a registration whose event was lost, or did not say it: WeChat's answers do not name it. It is an authorizer that
 * nobody knew before, made the same way (`register_type`), of the same entity or name.
 */
@Injectable()
export class AppFinder {
  constructor(
    private readonly authorizers: AuthorizerRepository,
    private readonly registrations: RegistrationRepository,
  ) {}

  /** @returns the only one it can be; `undefined`: there is none, or which one cannot be told */
  async find(row: RegistrationEntity): Promise<string | undefined> {
    const candidates = await this.candidates(row);
    if (candidates.length !== 1) return undefined;
    // Two registrations that both fit would take the same one.
    const rivals = await this.registrations.inStates(row.componentAppid, ['waiting', 'submitting', 'created'], [row.way], {
      appid: null,
    });
    const request = this.registrations.requestOf(row);
    const same = rivals.filter(
      (other) => other.rowId !== row.rowId && isAlike(row, request, this.registrations.requestOf(other)),
    );
    return same.length === 0 ? candidates[0] : undefined;
  }

  private async candidates(row: RegistrationEntity): Promise<string[]> {
    const found = await this.authorizers.dataSource
      .getRepository(AuthorizerEntity)
      .createQueryBuilder('a')
      .where('a.component_appid = :componentAppid AND a.created_at >= :since AND a.state <> :cancelled', {
        componentAppid: row.componentAppid,
        since: new Date(row.begunAt.getTime() - BEFORE_MS),
        cancelled: 'cancelled',
      })
      .andWhere(
        'NOT EXISTS (SELECT 1 FROM f_wechat_registration r WHERE r.component_appid = a.component_appid AND r.appid = a.authorizer_appid)',
      )
      .orderBy('a.authorizer_id', 'ASC')
      .take(500)
      .getMany();
    const request = this.registrations.requestOf(row);
    const owner =
      row.way === 'account' ? (await this.authorizers.find(row.componentAppid, row.sourceAppid))?.principalName : undefined;
    return found.filter((app) => fits(row, request, app, owner ?? undefined)).map(({ authorizerAppid }) => authorizerAppid);
  }
}

function fits(row: RegistrationEntity, request: RegistrationRequest, app: AuthorizerEntity, owner: string | undefined): boolean {
  if (app.profile === null) return false;
  const { register_type } = JSON.parse(app.profile) as { register_type?: number };
  if (register_type !== WAYS[row.way].registerType) return false;
  switch (row.way) {
    case 'enterprise':
      return app.principalName === request.name;
    case 'account':
      return owner !== undefined && app.principalName === owner;
    case 'trial':
      return withoutTrialSuffix(app.nickName ?? '') === withoutTrialSuffix(request.name ?? '');
    default:
      // Of a person WeChat shows no WeChat id.
      return row.way === 'personal';
  }
}

/** Whether the same app could have come of both. */
function isAlike(row: RegistrationEntity, one: RegistrationRequest, other: RegistrationRequest): boolean {
  if (row.way === 'personal') return true;
  return row.way === 'account' ? one.mp_appid === other.mp_appid : one.name === other.name;
}
