import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { FilingConstantsEntity } from '#persistence';
import { type CallContext, type WechatApi, WechatApiError } from '#wechat';
import { AccountCalls, type App } from '../account-calls/account-calls.js';
import { wechatProblem } from '../wechat/wechat-problem.js';
import type { FilingConstants } from './form.domain.js';

const DAY_MS = 86_400_000;

type Reader = (api: WechatApi, token: string, context: CallContext) => Promise<{ readonly items: readonly unknown[] }>;

/** By their names here. */
const READERS: Readonly<Record<keyof FilingConstants, Reader>> = {
  subject_types: (api, token, context) => api.filing.querySubjectTypes(token, context),
  certificate_types: (api, token, context) => api.filing.queryCertificateTypes(token, context),
  districts: (api, token, context) => api.filing.queryDistrictCode(token, context),
  approval_types: (api, token, context) => api.filing.queryApprovalTypes(token, context),
  content_types: (api, token, context) => api.filing.queryServiceContentTypes(token, context),
};
const NAMES = Object.keys(READERS) as (keyof FilingConstants)[];

export interface KnownConstants extends FilingConstants {
  /** Of the oldest of the lists. */
  readonly readAt: Date;
}

/** The lists that a form is made of: read by the token of whichever app needs them, kept a day for all of the component. */
@Injectable()
export class FilingConstantsStore {
  constructor(
    private readonly dataSource: DataSource,
    private readonly calls: AccountCalls,
  ) {}

  /** Lists that cannot be read anew are used for longer. @throws DomainError */
  async of(app: App): Promise<KnownConstants> {
    const kept = await this.dataSource.getRepository(FilingConstantsEntity).findBy({ componentAppid: app.componentAppid });
    const rows = await Promise.all(
      NAMES.map((name) =>
        this.list(
          app,
          name,
          kept.find((row) => row.name === name),
        ),
      ),
    );
    const lists = Object.fromEntries(rows.map(({ name, items }) => [name, items])) as unknown as FilingConstants;
    return { ...lists, readAt: new Date(Math.min(...rows.map(({ readAt }) => readAt.getTime()))) };
  }

  private async list(app: App, name: keyof FilingConstants, kept: FilingConstantsEntity | undefined) {
    if (kept && Date.now() - kept.readAt.getTime() < DAY_MS) return { name, items: JSON.parse(kept.items), readAt: kept.readAt };
    try {
      const { items } = await this.calls.read(app, READERS[name]);
      await this.dataSource.query(
        `INSERT INTO f_wechat_filingconstants (component_appid, name, items, read_at) VALUES (?, ?, ?, UTC_TIMESTAMP(3))
         ON DUPLICATE KEY UPDATE items = VALUES(items), read_at = VALUES(read_at)`,
        [app.componentAppid, name, JSON.stringify(items)],
      );
      return { name, items, readAt: new Date() };
    } catch (error) {
      if (kept) return { name, items: JSON.parse(kept.items), readAt: kept.readAt };
      throw error instanceof WechatApiError ? wechatProblem(error, 'WeChat did not give the lists of the form.') : error;
    }
  }
}
