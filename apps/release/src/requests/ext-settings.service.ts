import { Inject, Injectable } from '@nestjs/common';
import { DataSource, In, MoreThan, MoreThanOrEqual } from 'typeorm';
import { AuditProfileEntity, type AuthorizerEntity, BINDINGS, ExtSettingsEntity, inTransaction, SecretBox } from '#persistence';
import { CLOCK, type Clock, Cursors, DomainError, type PageQuery } from '#service';
import { checkSubmitAudit, type SubmitAuditBody } from '#wechat';
import { WechatGateway } from '../wechat/wechat-gateway.service.js';
import { builtIns, checkExtJson, layers, render, type Variables } from './ext-json.domain.js';
import type { ExtSettings } from './ext-settings.dto.js';
import {
  fromDocument,
  given,
  HIDDEN,
  hide,
  type MarkedVariables,
  occurringIn,
  secretTexts,
  sentBack,
  toDocument,
} from './secret-variables.domain.js';
import { openedBy, sealedBy } from './written-by.js';

export interface Layer extends MarkedVariables {
  readonly extJson: Record<string, unknown> | undefined;
}

/** In the order of their names. */
export const PROFILES = new Cursors('audit-profiles', undefined, /^[a-z0-9][a-z0-9-]{0,63}$/);

const NO_LAYER: Layer = { variables: {}, secret: [], extJson: undefined };
const PLATFORM = '';

/** What of a release the layers depend on. */
export interface RenderFor {
  readonly userVersion: string;
  readonly templateId: number;
  /** Of the request or the rollout; absent: the stored one. */
  readonly extJson?: Record<string, unknown> | undefined;
  readonly variables?: Variables | undefined;
  /** Which of these are secret; those of the layers are so in any case. */
  readonly secretVariables?: readonly string[] | undefined;
}

export interface RenderedRequest {
  readonly extJson: Record<string, unknown>;
  readonly audit: SubmitAuditBody;
  /** Values of secret variables that stand in it. */
  readonly secretValues: readonly string[];
  /** What is wrong, without such values. */
  readonly problems: readonly { readonly path: string; readonly message: string }[];
}

/** `ext_json`, its variables in layers, and audit profiles. */
@Injectable()
export class ExtSettingsService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly gateway: WechatGateway,
    private readonly secrets: SecretBox,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** The platform's layer and those of these mini programs, by appid. */
  async layersOf(componentAppid: string, authorizers: readonly string[]): Promise<Map<string, Layer>> {
    const found = new Map<string, Layer>();
    for (let from = 0; from === 0 || from < authorizers.length; from += 1_000) {
      const names = [PLATFORM, ...authorizers.slice(from, from + 1_000)];
      const rows = await this.dataSource.getRepository(ExtSettingsEntity).findBy({ componentAppid, authorizerAppid: In(names) });
      for (const row of rows) found.set(row.authorizerAppid, this.toLayer(row));
    }
    return found;
  }

  async read(componentAppid: string, authorizerAppid: string = PLATFORM): Promise<Layer> {
    this.gateway.requireComponent(componentAppid);
    return (await this.layersOf(componentAppid, [authorizerAppid])).get(authorizerAppid) ?? NO_LAYER;
  }

  /** Replaces a layer; `***` keeps a secret value that it has. @throws DomainError `invalid-request` */
  async write(componentAppid: string, authorizerAppid: string, sent: ExtSettings, writtenBy: string): Promise<Layer> {
    this.gateway.requireComponent(componentAppid);
    if (sent.ext_json) refuse(checkExtJson(sent.ext_json));
    return inTransaction(this.dataSource, async (db) => {
      const rows = db.getRepository(ExtSettingsEntity);
      // Nobody changes the value between its reading and its keeping.
      const row = await rows.findOne({ where: { componentAppid, authorizerAppid }, lock: { mode: 'pessimistic_write' } });
      const keeps = Object.values(sent.variables).includes(HIDDEN) || sent.secret_variables === undefined;
      const stored = row && keeps ? this.toLayer(row) : NO_LAYER;
      const { marked, problems } = sentBack(sent.variables, sent.secret_variables, stored);
      refuse(problems);
      const seal = (document: object, column: 'variables' | 'ext_json') =>
        sealedBy(this.secrets, document, writtenBy, BINDINGS.settings(column, componentAppid, authorizerAppid));
      const layer = { ...marked, extJson: sent.ext_json };
      const variables = seal(toDocument(layer), 'variables');
      const extJson = layer.extJson ? seal(layer.extJson, 'ext_json') : null;
      const values = { componentAppid, authorizerAppid, variables, extJson, updatedAt: new Date(this.clock.now()), writtenBy };
      await rows.upsert(values, ['componentAppid', 'authorizerAppid']);
      return layer;
    });
  }

  /**
   * Who wrote last what these mini programs are sent: the platform's layer, their own, the profile. What the text itself says counts as much as
   * the column, which whoever can write to the database can change.
   */
  async writersOf(componentAppid: string, authorizers: readonly string[], profile: string | undefined): Promise<string[]> {
    const writers = new Set<string>();
    const add = (...names: (string | null | undefined)[]) => {
      for (const name of names) if (name) writers.add(name);
    };
    for (let from = 0; from === 0 || from < authorizers.length; from += 1_000) {
      const names = [PLATFORM, ...authorizers.slice(from, from + 1_000)];
      const rows = await this.dataSource.getRepository(ExtSettingsEntity).findBy({ componentAppid, authorizerAppid: In(names) });
      for (const row of rows) add(row.writtenBy, this.opened(row, 'variables')?.writer, this.opened(row, 'ext_json')?.writer);
    }
    const told =
      profile === undefined
        ? null
        : await this.dataSource.getRepository(AuditProfileEntity).findOneBy({ componentAppid, name: profile });
    if (told) add(told.writtenBy, this.openedProfile(told).writer);
    return [...writers];
  }

  /** Which layers of these mini programs were written since, and by whom, in words. */
  async writtenSince(componentAppid: string, authorizers: readonly string[], since: Date): Promise<string[]> {
    const rows = await this.dataSource.getRepository(ExtSettingsEntity).find({
      where: {
        componentAppid,
        authorizerAppid: In([PLATFORM, ...authorizers.slice(0, 1_000)]),
        updatedAt: MoreThanOrEqual(since),
      },
      order: { authorizerAppid: 'ASC' },
    });
    return rows.map(({ authorizerAppid, writtenBy, updatedAt }) => {
      const whose = authorizerAppid === PLATFORM ? 'the platform’s settings' : `the settings of ${authorizerAppid}`;
      return `${whose}, by ${writtenBy ?? 'an older version'} at ${updatedAt.toISOString()}`;
    });
  }

  /** Everything WeChat would be sent for one mini program, and every problem with it. Asks nobody. */
  renderFor(
    authorizer: Pick<AuthorizerEntity, 'authorizerAppid' | 'nickName' | 'principalName' | 'userName'>,
    stored: ReadonlyMap<string, Layer>,
    request: RenderFor,
    audit: SubmitAuditBody,
    at = new Date(this.clock.now()),
  ): RenderedRequest {
    const platform = stored.get(PLATFORM) ?? NO_LAYER;
    const own = stored.get(authorizer.authorizerAppid) ?? NO_LAYER;
    const known = builtIns(
      {
        appid: authorizer.authorizerAppid,
        nickname: authorizer.nickName,
        principal_name: authorizer.principalName,
        original_id: authorizer.userName,
        user_version: request.userVersion,
        template_id: request.templateId,
      },
      at,
    );
    const variables = layers(platform.variables, own.variables, request.variables ?? {}, known);
    const ext = render(request.extJson ?? own.extJson ?? platform.extJson ?? {}, variables);
    const submit = render(audit, variables);
    const secrets = secretTexts(variables, [...platform.secret, ...own.secret, ...(request.secretVariables ?? [])]);
    const undefinedNames = [...new Set([...ext.missing, ...submit.missing])];
    return {
      extJson: ext.value,
      audit: submit.value,
      secretValues: occurringIn([ext.value, submit.value], secrets),
      problems: [
        ...given(request.variables ?? {}, request.secretVariables ?? []),
        ...undefinedNames.map((name) => ({ path: `variables.${name}`, message: 'has no value in any layer' })),
        ...checkExtJson(ext.value).map((problem) => ({ ...problem, path: `ext_json.${problem.path}` })),
        ...checkSubmitAudit(submit.value).map(({ path, message }) => ({ path: `audit.${path}`, message })),
      ].map((problem) => hide(problem, secrets)),
    };
  }

  /** By name; one more than the page may have, if there are so many. */
  async profiles(componentAppid: string, query: PageQuery): Promise<{ name: string; body: SubmitAuditBody; updatedAt: Date }[]> {
    this.gateway.requireComponent(componentAppid);
    const after = PROFILES.after(query);
    const where = { componentAppid, ...(after === undefined ? {} : { name: MoreThan(after) }) };
    const rows = await this.dataSource
      .getRepository(AuditProfileEntity)
      .find({ where, order: { name: 'ASC' }, take: query.limit + 1 });
    return rows.map((row) => ({ name: row.name, body: this.bodyOf(row), updatedAt: row.updatedAt }));
  }

  /** @throws DomainError `not-found` */
  async profile(componentAppid: string, name: string): Promise<SubmitAuditBody> {
    const row = await this.dataSource.getRepository(AuditProfileEntity).findOneBy({ componentAppid, name });
    if (!row) throw new DomainError('not-found', `There is no audit profile "${name}".`);
    return this.bodyOf(row);
  }

  async writeProfile(componentAppid: string, name: string, body: SubmitAuditBody, writtenBy: string): Promise<void> {
    this.gateway.requireComponent(componentAppid);
    refuse(checkSubmitAudit(body));
    await this.dataSource.getRepository(AuditProfileEntity).upsert(
      {
        componentAppid,
        name,
        body: sealedBy(this.secrets, body, writtenBy, BINDINGS.auditProfile(componentAppid, name)),
        updatedAt: new Date(this.clock.now()),
        writtenBy,
      },
      ['componentAppid', 'name'],
    );
  }

  async deleteProfile(componentAppid: string, name: string): Promise<void> {
    const { affected } = await this.dataSource.getRepository(AuditProfileEntity).delete({ componentAppid, name });
    if (!affected) throw new DomainError('not-found', `There is no audit profile "${name}".`);
  }

  private bodyOf(row: AuditProfileEntity): SubmitAuditBody {
    return this.openedProfile(row).document as SubmitAuditBody;
  }

  private openedProfile({ componentAppid, name, body }: AuditProfileEntity) {
    return openedBy(this.secrets, body, BINDINGS.auditProfile(componentAppid, name));
  }

  private toLayer(row: ExtSettingsEntity): Layer {
    return { ...fromDocument(this.opened(row, 'variables')?.document ?? {}), extJson: this.opened(row, 'ext_json')?.document };
  }

  /** @returns `undefined`: that column is empty */
  private opened({ componentAppid, authorizerAppid, variables, extJson }: ExtSettingsEntity, column: 'variables' | 'ext_json') {
    const text = column === 'variables' ? variables : extJson;
    return text ? openedBy(this.secrets, text, BINDINGS.settings(column, componentAppid, authorizerAppid)) : undefined;
  }
}

export function refuse(problems: readonly { readonly path: string; readonly message: string }[]): void {
  if (problems.length === 0) return;
  throw new DomainError('invalid-request', problems.map(({ path, message }) => `${path} ${message}`).join('; '), {
    errors: problems.map(({ path, message }) => ({ field: path, message })),
  });
}
