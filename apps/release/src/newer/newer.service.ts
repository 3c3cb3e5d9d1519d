import { Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { DataSource } from 'typeorm';
import type { ReleaseEntity } from '#persistence';
import { TemplateService } from '../templates/template.service.js';
import { verdictOf } from '../wechat/wechat-failure.domain.js';
import { isNewer, type KnownCode, type TemplateTimes, type WantedCode } from './newer.domain.js';
import { OlderVersion } from './older-version.error.js';

const TIMES_BELIEVED_MS = 60_000;

/** What a mini program runs, or will run, and whose it is. */
interface Candidate extends KnownCode {
  readonly appid: string;
  /** `null`: it is online. */
  readonly releaseId: number | null;
}

/** The rollout and the release that is asked for: neither counts as something newer. */
interface Own {
  readonly rolloutId?: number | null;
  readonly releaseId?: number;
}

type Release = Pick<
  ReleaseEntity,
  'componentAppid' | 'authorizerAppid' | 'templateId' | 'userVersion' | 'rolloutId' | 'releaseId' | 'createdAt'
>;

/** Finds mini programs that have, or are about to get, something newer than what is to be put online. */
@Injectable()
export class NewerVersions {
  private readonly times = new LRUCache<string, TemplateTimes>({ max: 1_000, ttl: TIMES_BELIEVED_MS });

  constructor(
    private readonly dataSource: DataSource,
    private readonly templates: TemplateService,
  ) {}

  /** @returns by appid, what is newer there, in words that follow "… is older than". */
  async find(componentAppid: string, appids: readonly string[], wanted: WantedCode, own: Own = {}): Promise<Map<string, string>> {
    if (appids.length === 0) return new Map();
    const [online, coming] = await Promise.all([this.online(componentAppid, appids), this.coming(componentAppid, appids, own)]);
    return this.newerOf(componentAppid, wanted, [...online, ...coming]);
  }

  /** Before a commit, and when a release is made. @throws OlderVersion */
  async requireNone(release: Release): Promise<void> {
    const { componentAppid, authorizerAppid } = release;
    const wanted = await this.wantedBy(release);
    const newer = await this.find(componentAppid, [authorizerAppid], wanted, release);
    refuse(wanted, newer.get(authorizerAppid));
  }

  /** Before a publication: only what is online counts, for what is to follow follows. @throws OlderVersion */
  async requireNoneOnline(release: Release): Promise<void> {
    const { componentAppid, authorizerAppid } = release;
    const wanted = await this.wantedBy(release);
    const newer = await this.newerOf(componentAppid, wanted, await this.online(componentAppid, [authorizerAppid]));
    refuse(wanted, newer.get(authorizerAppid));
  }

  /** A release of a rollout was asked for when the rollout was started. */
  private async wantedBy({ userVersion: version, templateId, rolloutId, createdAt }: Release): Promise<WantedCode> {
    if (rolloutId === null) return { version, templateId, askedAt: createdAt ?? undefined };
    const [rollout] = (await this.dataSource.query('SELECT created_at AS at FROM f_wechat_rollout WHERE rollout_id = ?', [
      rolloutId,
    ])) as { at: Date }[];
    return { version, templateId, askedAt: rollout?.at };
  }

  private async newerOf(component: string, wanted: WantedCode, candidates: readonly Candidate[]): Promise<Map<string, string>> {
    const others = candidates.some(({ templateId }) => templateId !== null && templateId !== wanted.templateId);
    const times = others ? await this.timesOf(component) : new Map<number, number>();
    const newer = new Map<string, string>();
    for (const one of candidates) if (isNewer(one, wanted, times)) newer.set(one.appid, inWords(one));
    return newer;
  }

  /** As last read from WeChat. What was not put there from here has no template that we know. */
  private async online(componentAppid: string, appids: readonly string[]): Promise<Candidate[]> {
    const rows = (await this.dataSource.query(
      `SELECT authorizer_appid AS appid, online_version AS version, online_at AS at,
              IF(online_version = released_version, released_template_id, NULL) AS templateId
         FROM f_wechat_miniprogram WHERE component_appid = ? AND authorizer_appid IN (?) AND online_version IS NOT NULL`,
      [componentAppid, appids],
    )) as Omit<Candidate, 'releaseId'>[];
    return rows.map((row) => ({ ...row, releaseId: null }));
  }

  /** Releases that reviewers have or have approved, and those that will get there by themselves: a commit would end or outrun them. */
  private async coming(componentAppid: string, appids: readonly string[], own: Own): Promise<Candidate[]> {
    const rows = (await this.dataSource.query(
      `SELECT app_id AS appid, user_version AS version, template_id AS templateId, created_at AS at, submitaudit_id AS releaseId
         FROM f_wechat_submitaudit
        WHERE component_appid = ? AND app_id IN (?) AND NOT (rollout_id <=> ?) AND submitaudit_id <> ?
          AND (state IN ('auditing', 'approved', 'graying')
               OR (state IN ('created', 'scanning', 'ready') AND (rollout_id IS NOT NULL OR submits = 'auto')))
        ORDER BY submitaudit_id`,
      [componentAppid, appids, own.rolloutId ?? -1, own.releaseId ?? 0],
    )) as Candidate[];
    return rows;
  }

  /** Without an answer of WeChat the ids have to do. */
  private async timesOf(component: string): Promise<TemplateTimes> {
    const known = this.times.get(component);
    if (known) return known;
    try {
      const library = await this.templates.templates(component);
      const times = new Map(library.map((template) => [template.template_id, template.create_time]));
      this.times.set(component, times);
      return times;
    } catch (error) {
      verdictOf(error);
      return new Map();
    }
  }
}

export function olderThan({ version, templateId }: WantedCode, newer: string): string {
  return `${version} (template ${templateId}) is older than ${newer}.`;
}

function refuse(wanted: WantedCode, newer: string | undefined): void {
  if (newer) throw new OlderVersion(olderThan(wanted, newer));
}

function inWords({ version, templateId, releaseId }: Candidate): string {
  const code = templateId === null ? version : `${version} (template ${templateId})`;
  return releaseId === null ? `what is online: ${code}` : `what release ${releaseId} is bringing: ${code}`;
}
