import { Injectable } from '@nestjs/common';
import { FilingEntity, FilingVerificationEntity } from '#persistence';
import { type Client, Cursors, DomainError } from '#service';
import { ERRCODE, WechatApiError } from '#wechat';
import { AccountCalls, type App } from '../account-calls/account-calls.js';
import { BrokerConfig } from '../config/broker.config.js';
import { wechatProblem } from '../wechat/wechat-problem.js';
import { FILING, inReview, MISSING, SMS, stateOf } from './filing.domain.js';
import { FilingRepository, type Intent } from './filing.repository.js';
import { masked, toApplicationView, toFilingView } from './filing.view.js';
import { FilingApplications } from './filing-applications.repository.js';
import { missingFilter, stateFilter } from './filing-filter.js';
import { FilingForms } from './filing-forms.js';
import { FILING_SETS, FilingReader, recordsOf } from './filing-reader.js';
import { FilingVerifications } from './filing-verifications.js';
import type {
  ApplicationDetailsView,
  CancelFilingRequest,
  FilingFormRequest,
  FilingPage,
  FilingSearch,
  FilingView,
  OnlineFilingView,
} from './filings.dto.js';

const FILINGS = new Cursors('filings');
/** A process that was killed has let go by then, and one that lives has WeChat's answer. */
const LEASE_S = 60;

/** What is done with filings for callers. Whatever cannot be repeated is written down first; how it ended is read from WeChat. */
@Injectable()
export class FilingsService {
  private readonly leaseS: number;

  constructor(
    private readonly filings: FilingRepository,
    private readonly applications: FilingApplications,
    private readonly verifications: FilingVerifications,
    private readonly forms: FilingForms,
    private readonly reader: FilingReader,
    private readonly calls: AccountCalls,
    config: BrokerConfig,
  ) {
    this.leaseS = LEASE_S + Math.ceil((config.WECHAT_TIMEOUT_MS * 3 + config.TOKEN_WAIT_MS) / 1_000);
  }

  async list(componentAppid: string, query: FilingSearch, client: Client): Promise<FilingPage> {
    const search = this.filings.dataSource
      .getRepository(FilingEntity)
      .createQueryBuilder('f')
      .where('f.componentAppid = :componentAppid', { componentAppid })
      .orderBy('f.filingId', 'ASC')
      .take(query.limit + 1);
    const after = FILINGS.after(query);
    if (after) search.andWhere('f.filingId > :after', { after });
    if (client.authorizers) search.andWhere('f.authorizerAppid IN (:...allowed)', { allowed: [...client.authorizers, ''] });
    if (query.state) search.andWhere(...stateFilter(query.state));
    if (query.missing) search.andWhere(...missingFilter(MISSING.indexOf(query.missing)));
    if (query.person_must_act !== undefined) {
      const rejected = `f.status IN (${FILING.platformRejected}, ${FILING.authorityRejected})`;
      const sms = `(f.status = ${FILING.authority} AND f.smsStatus IN (${SMS.waiting}, ${SMS.timedOut}))`;
      search.andWhere(`${query.person_must_act ? '' : 'NOT '}IFNULL(f.isCanceling = 0 AND (${rejected} OR ${sms}), 0)`);
    }
    const rows = await search.getMany();
    return FILINGS.page(
      rows,
      query,
      (row) => row.filingId,
      (row) => toFilingView(row),
    );
  }

  /** What is known. An app that was never looked at is read now. */
  async get(app: App): Promise<FilingView> {
    await this.calls.require(app, FILING_SETS);
    const row = await this.filings.find(app);
    return row?.status == null ? this.refresh(app) : this.view(app, row);
  }

  /** Asks WeChat now. @throws DomainError */
  async refresh(app: App): Promise<FilingView> {
    await this.calls.require(app, FILING_SETS);
    await this.readNow(app);
    return this.view(app, (await this.filings.find(app))!);
  }

  /** @throws DomainError `invalid-request` with each field, `conflict`, `wechat-refused` with each hint */
  async apply(app: App, request: FilingFormRequest, client: Client): Promise<ApplicationDetailsView> {
    await this.calls.require(app, FILING_SETS);
    const form = await this.forms.complete(app, request);
    await this.forms.require(app, form);
    await this.readNow(app);
    this.requireApplicable((await this.filings.find(app))!);
    const id = FilingApplications.newId();
    await this.begin(app, 'apply', id, client, (db) => this.applications.add(db, app, id, form, client.clientId));
    await this.send(app, 'apply', id, 'The application was not taken.', (api, token, context) =>
      api.filing.apply(token, form, context),
    );
    return this.application(app, id);
  }

  async application(app: App, applicationId: string): Promise<ApplicationDetailsView> {
    const row = await this.applications.find(app, applicationId);
    if (!row) throw new DomainError('not-found', 'There is no such application.');
    return { ...toApplicationView(row), form: masked(this.applications.formOf(row)) as Record<string, unknown> };
  }

  async withdraw(app: App, client: Client): Promise<FilingView> {
    await this.calls.require(app, FILING_SETS);
    await this.begin(app, 'withdraw', null, client);
    await this.send(app, 'withdraw', null, 'The application was not withdrawn.', (api, token, context) =>
      api.filing.withdrawApplication(token, context),
    );
    return this.afterwards(app);
  }

  async cancel(app: App, { what, reason }: CancelFilingRequest, client: Client): Promise<FilingView> {
    await this.calls.require(app, FILING_SETS);
    const body = {
      cancel_type: ({ subject: 1, mini_program: 2, account: 3 } as const)[what],
      reason_type: ({ ended: 1, changed: 2 } as const)[reason],
    };
    await this.begin(app, 'cancel', null, client);
    await this.send(app, 'cancel', null, 'The filing was not cancelled.', (api, token, context) =>
      api.filing.cancel(token, body, context),
    );
    return this.afterwards(app);
  }

  /** @throws DomainError `not-found`: nothing is filed */
  async online(app: App): Promise<OnlineFilingView> {
    await this.calls.require(app, FILING_SETS);
    try {
      const online = await this.calls.read(app, (api, token, context) => api.filing.getOnlineOrder(token, context));
      const [subject_record, app_record] = recordsOf(online);
      const applets = [online.icp_applets ?? []].flat();
      return {
        ...{ subject_record, app_record },
        icp_subject: masked(online.icp_subject ?? {}) as Record<string, unknown>,
        icp_applets: applets.map((applet) => masked(applet) as Record<string, unknown>),
      };
    } catch (error) {
      if (!(error instanceof WechatApiError)) throw error;
      if (error.errcode === ERRCODE.FILING_NOT_FOUND) throw new DomainError('not-found', 'Nothing is filed.');
      throw wechatProblem(error, 'WeChat did not say what is filed.');
    }
  }

  private async view(app: App, row: FilingEntity): Promise<FilingView> {
    const check: FilingVerificationEntity | undefined = await this.verifications.open(app);
    return toFilingView(row, check);
  }

  private async readNow(app: App): Promise<void> {
    try {
      await this.reader.read(app, 'client');
    } catch (error) {
      throw error instanceof WechatApiError ? wechatProblem(error, 'WeChat did not say how the filing stands.') : error;
    }
  }

  private requireApplicable(row: FilingEntity): void {
    const { status } = row;
    const state = stateOf(status, row.isCanceling === 1);
    const refuse = (detail: string, en: string, zh: string): never => {
      throw new DomainError('conflict', detail, { remedy: { en, zh }, members: { state } });
    };
    if (inReview(status))
      refuse('An application is in review.', 'Wait for its result, or withdraw it.', '备案审核中，请等待结果或先撤回。');
    if (status === FILING.filed)
      refuse('It is filed already.', 'Nothing to do; to change it, cancel the filing first.', '已备案；如需变更，请先注销备案。');
    if (row.isOpen === 0)
      refuse(
        'WeChat has closed the entrance for this mini program.',
        'Try again later; look whether its name has words that need an approval.',
        '备案入口暂未开放，请稍后重试，并检查名称是否含需审批的字词。',
      );
  }

  private async begin(
    app: App,
    intent: Intent,
    id: string | null,
    client: Client,
    alongside?: Parameters<FilingRepository['begin']>[3],
  ): Promise<void> {
    const lease = { id, leaseS: this.leaseS, clientId: client.clientId };
    if (await this.filings.begin(app, intent, lease, alongside)) return;
    const present = (await this.filings.find(app))?.intent;
    throw new DomainError('conflict', `Something else is under way: ${present ?? 'unknown'}.`, {
      remedy: {
        en: 'Its outcome is read from WeChat within minutes; look at the filing then.',
        zh: '系统会在数分钟内向微信查询其结果，请稍后查看备案状态。',
      },
      retryAfterS: 60,
    });
  }

  /** What WeChat refused did not happen; what is unclear is left to the next reading. */
  private async send(
    app: App,
    intent: Intent,
    id: string | null,
    failed: string,
    call: Parameters<AccountCalls['bring']>[1],
  ): Promise<void> {
    try {
      await this.calls.bring(app, call);
    } catch (error) {
      if (!(error instanceof WechatApiError)) {
        await this.filings.refused(app, id, { errmsg: error instanceof Error ? error.message : String(error) });
        throw error;
      }
      if (error.refusal?.alreadySo || error.maybeExecuted) await this.filings.settleByReading(app);
      else await this.filings.refused(app, id, refusalOf(error));
      if (error.refusal?.alreadySo) return;
      throw wechatProblem(error, error.maybeExecuted ? `${failed.slice(0, -1)}, as far as is known.` : failed);
    }
    await this.filings.succeeded(app, intent, id);
  }

  private async afterwards(app: App): Promise<FilingView> {
    await this.reader.tryToRead(app, 'client');
    return this.view(app, (await this.filings.find(app))!);
  }
}

export const refusalOf = ({ errcode, errmsg, rid, details, remedy }: WechatApiError): Record<string, unknown> => ({
  ...(errcode === undefined ? {} : { errcode }),
  errmsg,
  ...(rid === undefined ? {} : { rid }),
  ...(Array.isArray(details?.['hints']) ? { hints: details['hints'] } : {}),
  remedy,
});
