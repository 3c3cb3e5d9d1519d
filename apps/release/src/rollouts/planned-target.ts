import { createHash } from 'node:crypto';
import type { AuthorizerEntity } from '#persistence';
import { CODE_PERMISSION_SET } from '#wechat';
import type { Obstacle } from '../readiness/readiness.domain.js';
import type { RenderedRequest } from '../requests/ext-settings.service.js';
import type { BackTarget } from './back.domain.js';
import type { RolloutOptions } from './rollout.domain.js';
import type { ResolvedSpec } from './rollout.js';

export interface PlanProblem {
  readonly authorizerAppid: string;
  readonly path: string;
  readonly message: string;
  readonly remedy?: { readonly en: string; readonly zh: string };
}

export interface PlannedTarget {
  readonly authorizerAppid: string;
  readonly isCanary: boolean;
  /** Number of its ring, if the rollout has rings. */
  readonly ring?: number;
  readonly weappId: number;
  readonly request: RenderedRequest;
  readonly problems: readonly PlanProblem[];
  /** What is sent all the same. */
  readonly warnings: readonly PlanProblem[];
  /** What keeps it from going online, as far as it is known: what becomes of it the rollout's options say. */
  readonly obstacles: readonly Obstacle[];
  /** In words: what is newer than the rollout's version there. Nobody asked for an older one. */
  readonly older?: string;
  /** What it goes back from, and to; of rollouts that take another one back. */
  readonly back?: BackTarget;
  /** Why nothing has to be done. */
  readonly skip?: { readonly code: string; readonly detail: string };
}

/** Stands for everything that would be sent to everybody. */
export class PlanHash {
  private readonly hash = createHash('sha256');

  constructor(spec: ResolvedSpec, options: RolloutOptions) {
    const back = spec.back ? [spec.back] : [];
    this.hash.update(JSON.stringify([spec.template_id, spec.user_version, spec.user_desc, spec.policy, options, ...back]));
  }

  add({ authorizerAppid, isCanary, ring, request, problems, back, skip }: PlannedTarget): void {
    const more = [...(back ? [back] : []), ...(ring === undefined ? [] : [ring])];
    this.hash.update(JSON.stringify([authorizerAppid, isCanary, request.extJson, request.audit, problems, skip?.code, ...more]));
  }

  digest(): string {
    return this.hash.digest('hex');
  }
}

const PERMISSION_REMEDY = {
  en: `Ask the merchant to authorize again and to grant permission set ${CODE_PERMISSION_SET} (development management).`,
  zh: `请商家重新授权，并勾选权限集 ${CODE_PERMISSION_SET}（小程序开发与数据分析）。`,
};
const UNREAD_REMEDY = {
  en: 'Run "authorizers sync --wait", or wait for the one that runs, and look again; the merchant need not do anything.',
  zh: '请运行 authorizers sync --wait（或等待正在进行的同步）后重新预览，商家无需操作。',
};
const AUTHORIZE_REMEDY = { en: 'The merchant has to authorize the platform first.', zh: '请先由商家授权该第三方平台。' };

export function authorizationProblems(
  authorizerAppid: string,
  row: AuthorizerEntity | undefined,
  permitted: boolean,
): PlanProblem[] {
  const problem = (message: string, remedy: PlanProblem['remedy']) => [
    { authorizerAppid, path: 'authorization', message, ...(remedy ? { remedy } : {}) },
  ];
  if (!row) return problem('has not authorized this component', AUTHORIZE_REMEDY);
  if (row.state === 'cancelled') return problem('has ended its authorization', AUTHORIZE_REMEDY);
  if (row.state === 'needs_reauthorization') return problem('has to authorize again', AUTHORIZE_REMEDY);
  if (row.kind !== null && row.kind !== 'mini_program') return problem('is not a mini program', undefined);
  if (permitted) return [];
  // What nobody has read is not refused.
  if (row.permissionSetsAt === null)
    return [{ authorizerAppid, path: 'profile', message: 'was not read from WeChat yet', remedy: UNREAD_REMEDY }];
  return problem(`has not granted permission set ${CODE_PERMISSION_SET}`, PERMISSION_REMEDY);
}
