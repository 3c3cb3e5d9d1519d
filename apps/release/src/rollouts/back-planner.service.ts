import { Injectable } from '@nestjs/common';
import { DataSource, In } from 'typeorm';
import { AuthorizerEntity, AuthorizerPermissionEntity } from '#persistence';
import { CODE_PERMISSION_SET } from '#wechat';
import type { Release } from '../releases/release.js';
import { ReleaseRepository } from '../releases/release.repository.js';
import type { RenderedRequest } from '../requests/ext-settings.service.js';
import { TemplateService } from '../templates/template.service.js';
import { VersionsService } from '../versions/versions.service.js';
import { verdictOf } from '../wechat/wechat-failure.domain.js';
import { type BackTarget, FORWARD_REMEDY, type TakesBack, whyNoTarget } from './back.domain.js';
import { BackTargets, type PublishedRow } from './back-target.repository.js';
import { authorizationProblems, type PlannedTarget, type PlanProblem } from './planned-target.js';

const BATCH = 250;
const NOTHING: RenderedRequest = { extJson: {}, audit: {}, secretValues: [], problems: [] };
const GRAY_REMEDY = { en: 'Finish the gray release, or take it back, first.', zh: '请先完成或取消灰度发布。' };
const MOVED_ON = { code: 'moved-on', detail: 'It runs another version since.' };

/** Works out, without asking WeChat, which mini programs can go back, to what, and what stands in the way. */
@Injectable()
export class BackPlanner {
  constructor(
    private readonly dataSource: DataSource,
    private readonly rows: BackTargets,
    private readonly releases: ReleaseRepository,
    private readonly templates: TemplateService,
    private readonly versions: VersionsService,
  ) {}

  /** In the order given. */
  async *plan(componentAppid: string, back: TakesBack, appids: readonly string[]): AsyncGenerator<PlannedTarget> {
    const library = back.way === 'forward' ? await this.library(componentAppid) : undefined;
    for (let from = 0; from < appids.length; from += BATCH) {
      const batch = appids.slice(from, from + BATCH);
      const where = { componentAppid, authorizerAppid: In(batch) };
      const [published, authorizers, permissions] = await Promise.all([
        this.rows.published(back.of, batch),
        this.dataSource.getRepository(AuthorizerEntity).findBy(where),
        this.dataSource.getRepository(AuthorizerPermissionEntity).findBy({ ...where, funcscopeId: CODE_PERMISSION_SET }),
      ]);
      const byAppid = new Map(published.map((row) => [row.appid, row]));
      const known = new Map(authorizers.map((row) => [row.authorizerAppid, row]));
      const permitted = new Set(permissions.map((row) => row.authorizerAppid));
      for (const appid of batch) {
        const row = byAppid.get(appid);
        const authorizer = known.get(appid);
        const problems = authorizationProblems(appid, authorizer, permitted.has(appid));
        const base = { authorizerAppid: appid, isCanary: false, obstacles: [], weappId: authorizer?.authorizerId ?? 0 };
        const why = row ? whyNoTarget(row.state, row.version, row.online) : 'not-published';
        if (!row || why) {
          const skip =
            why === 'moved-on' ? MOVED_ON : { code: why ?? 'not-published', detail: `Nothing is to be taken back (${why}).` };
          yield { ...base, request: NOTHING, problems: [], warnings: [], skip };
          continue;
        }
        const target = backOf(row);
        if (back.way === 'rollback') {
          yield { ...base, back: target, request: NOTHING, ...rollbackProblems(row, target, problems) };
          continue;
        }
        const earlier = target.earlier ? await this.releases.find(target.earlier.releaseId) : null;
        const request = earlier ? asRecorded(earlier) : NOTHING;
        yield {
          ...{ ...base, back: target, request, warnings: [] },
          problems: [...problems, ...forwardProblems(appid, target, library)],
        };
      }
    }
  }

  /** What WeChat says of one of them now; each look is one of some thirty a day. */
  async live(componentAppid: string, { authorizerAppid, back }: PlannedTarget): Promise<readonly PlanProblem[]> {
    try {
      const { release_info: online } = await this.versions.versions(componentAppid, authorizerAppid);
      if (back && online?.release_version !== back.version)
        return [{ authorizerAppid, path: 'online', message: `is ${online?.release_version ?? 'nothing'}, not ${back.version}` }];
      this.versions.forget(componentAppid, authorizerAppid);
      const list = await this.versions.history(componentAppid, authorizerAppid);
      if (list.length > 0) return [];
      return [{ authorizerAppid, path: 'earlier-version', message: 'WeChat lists none to go back to', remedy: FORWARD_REMEDY }];
    } catch (error) {
      verdictOf(error);
      return [{ authorizerAppid, path: 'wechat', message: (error as Error).message }];
    }
  }

  /** Templates there are; `undefined`: WeChat does not say now. */
  private async library(componentAppid: string): Promise<ReadonlySet<number> | undefined> {
    try {
      return new Set((await this.templates.templates(componentAppid)).map(({ template_id }) => template_id));
    } catch (error) {
      verdictOf(error);
      return undefined;
    }
  }
}

function backOf(row: PublishedRow): BackTarget {
  return {
    releaseId: Number(row.releaseId),
    version: row.version ?? '',
    earlier:
      row.earlierId === null
        ? undefined
        : {
            releaseId: Number(row.earlierId),
            templateId: Number(row.earlierTemplateId),
            version: row.earlierVersion ?? '',
            desc: row.earlierDesc ?? '',
          },
  };
}

function rollbackProblems(
  { appid: authorizerAppid, gray }: PublishedRow,
  { earlier }: BackTarget,
  problems: readonly PlanProblem[],
) {
  const running = {
    authorizerAppid,
    path: 'gray-release',
    message: 'one runs: WeChat refuses to roll back',
    remedy: GRAY_REMEDY,
  };
  const unknown = {
    authorizerAppid,
    path: 'earlier-version',
    message: 'no version before is recorded: WeChat decides whether there is one',
    remedy: FORWARD_REMEDY,
  };
  return { problems: [...problems, ...(Number(gray) === 1 ? [running] : [])], warnings: earlier ? [] : [unknown] };
}

function forwardProblems(
  authorizerAppid: string,
  { earlier }: BackTarget,
  library: ReadonlySet<number> | undefined,
): PlanProblem[] {
  if (!earlier) return [{ authorizerAppid, path: 'earlier-version', message: 'none is recorded: there is nothing to make anew' }];
  if (!library || library.has(earlier.templateId)) return [];
  const message = `${earlier.templateId} of ${earlier.version} is not in the library any more`;
  return [{ authorizerAppid, path: 'template', message }];
}

/** What was sent then. */
function asRecorded({ extJson, submitRequest, secretValues }: Release): RenderedRequest {
  const parsed = JSON.parse(extJson || '{}') as Record<string, unknown>;
  return { extJson: parsed, audit: submitRequest, secretValues, problems: [] };
}
