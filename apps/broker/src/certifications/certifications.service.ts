import { Inject, Injectable } from '@nestjs/common';
import { CertificateEntity, type CertificationEntity } from '#persistence';
import { CLOCK, type Client, type Clock, Cursors, DomainError } from '#service';
import { type CertificationData, type FilingForm, WechatApiError } from '#wechat';
import { AccountCalls, type App } from '../account-calls/account-calls.js';
import type { Upload } from '../account-calls/upload.js';
import { BrokerConfig } from '../config/broker.config.js';
import { masked } from '../filings/filing.view.js';
import { FilingForms } from '../filings/filing-forms.js';
import { refusalOf } from '../filings/filings.service.js';
import { wechatProblem } from '../wechat/wechat-problem.js';
import { CertificateRepository } from './certificate.repository.js';
import { PROCEDURE, runs, stateOf } from './certification.domain.js';
import { CertificationRepository, type NewOrder, type ToldOrder } from './certification.repository.js';
import { toCertificateView, toCertificationView, toIdentities } from './certification.view.js';
import { problemsOf } from './certification-form.domain.js';
import { CertificationReader } from './certification-reader.js';
import type {
  BeginBothRequest,
  BeginCertificationRequest,
  CertificatePage,
  CertificateSearch,
  CertificationDetailsView,
  CertificationOverview,
  IdentityPage,
  MaterialView,
} from './certifications.dto.js';

/** 18 code and data: opens /wxa/sec/* of certification. */
export const CERTIFICATION_SETS: readonly number[] = [18];

/** By their end, and then by their number: `<ms>-<number>`. */
const CERTIFICATES = new Cursors('certificates', undefined, /^\d{1,15}-\d{1,20}$/);
const NEVER = new Date('9999-12-31T00:00:00Z');
const LEASE_S = 60;
/** After that no event comes any more. */
const UNCLEAR_MS = 10 * 60_000;
const DAY_MS = 86_400_000;

/** What is done with certifications for callers. Whatever cannot be repeated is written down first; how it ended is read from WeChat. */
@Injectable()
export class CertificationsService {
  private readonly leaseS: number;

  constructor(
    private readonly orders: CertificationRepository,
    private readonly certificates: CertificateRepository,
    private readonly reader: CertificationReader,
    private readonly forms: FilingForms,
    private readonly calls: AccountCalls,
    @Inject(CLOCK) private readonly clock: Clock,
    config: BrokerConfig,
  ) {
    this.leaseS = LEASE_S + Math.ceil((config.WECHAT_TIMEOUT_MS * 3 + config.TOKEN_WAIT_MS) / 1_000);
  }

  async list(componentAppid: string, query: CertificateSearch, client: Client): Promise<CertificatePage> {
    const ends = `IFNULL(c.endsAt, :never)`;
    const search = this.certificates.dataSource
      .getRepository(CertificateEntity)
      .createQueryBuilder('c')
      .where('c.componentAppid = :componentAppid', { componentAppid, never: NEVER })
      .orderBy('c.endsAt IS NULL', 'ASC')
      .addOrderBy('c.endsAt', 'ASC')
      .addOrderBy('c.certificateId', 'ASC')
      .take(query.limit + 1);
    const [ms, after] = CERTIFICATES.after(query)?.split('-') ?? [];
    if (ms !== undefined)
      search.andWhere(`(${ends} > :from OR (${ends} = :from AND c.certificateId > :after))`, {
        from: new Date(Number(ms)),
        after,
      });
    if (client.authorizers) search.andWhere('c.authorizerAppid IN (:...allowed)', { allowed: [...client.authorizers, ''] });
    if (query.ends_within_days !== undefined)
      search.andWhere('c.endsAt <= :until', { until: new Date(this.clock.now() + query.ends_within_days * DAY_MS) });
    const rows = await search.getMany();
    return CERTIFICATES.page(
      rows,
      query,
      (row) => `${(row.endsAt ?? NEVER).getTime()}-${row.certificateId}`,
      (row) => toCertificateView(row, this.clock.now()),
    );
  }

  async get(app: App): Promise<CertificationOverview> {
    await this.calls.require(app, CERTIFICATION_SETS);
    const nothing = { certifiedAt: null, endsAt: null, endsFrom: null, message: null };
    const certificate = (await this.certificates.find(app)) ?? { ...app, ...nothing };
    const newest = await this.orders.newest(app);
    return { ...toCertificateView(certificate, this.clock.now()), order: newest ? toCertificationView(newest) : null };
  }

  /** Asks WeChat how the newest order stands. @throws DomainError */
  async refresh(app: App): Promise<CertificationOverview> {
    await this.calls.require(app, CERTIFICATION_SETS);
    const newest = await this.orders.newest(app);
    // One that is being sent is its maker's.
    if (newest && newest.progress !== 'sending') await this.readNow(newest);
    return this.get(app);
  }

  async order(app: App, certificationId: string): Promise<CertificationDetailsView> {
    const row = await this.orders.find(app, certificationId);
    if (!row) throw new DomainError('not-found', 'There is no such certification.');
    return { ...toCertificationView(row), form: masked(this.orders.formOf(row)) as Record<string, unknown> };
  }

  /** @throws DomainError `invalid-request` with each field, `conflict`, `wechat-refused` */
  async begin(app: App, { auth_data, again_for }: BeginCertificationRequest, client: Client): Promise<CertificationDetailsView> {
    await this.calls.require(app, CERTIFICATION_SETS);
    const data = this.checked(auth_data, again_for !== undefined);
    const former = again_for === undefined ? undefined : await this.returned(app, again_for);
    const made: NewOrder = { ...this.made(data, client), kind: 'single', form: { auth_data: data }, replaces: again_for ?? null };
    return this.send(app, made, async (api, token, context) => {
      const { taskid, auth_url } = former
        ? await api.certification.submitAgain(token, { auth_data: { ...data, taskid: former.taskId! } }, context)
        : await api.certification.begin(token, { auth_data: data }, context);
      return { taskId: taskid, told: { taskStatus: 0, url: auth_url ?? null } };
    });
  }

  /** Certification and filing in one. */
  async beginBoth(app: App, request: BeginBothRequest, client: Client): Promise<CertificationDetailsView> {
    await this.calls.require(app, CERTIFICATION_SETS);
    const data = this.checked(request.auth_data, false);
    const filing = JSON.parse(JSON.stringify(request.form)) as FilingForm;
    await this.forms.require(app, filing);
    const form = { auth_data: data, ...filing };
    const made: NewOrder = { ...this.made(data, client), kind: 'with_filing', form, replaces: null };
    return this.send(app, made, async (api, token, context) => {
      const { procedure_id, pay_url } = await api.certification.submitBoth(token, form, context);
      // Until it is read: the one who pays is known.
      const procedureStatus = data.pay_type === 2 ? PROCEDURE.unpaid : PROCEDURE.paid;
      return { taskId: procedure_id, told: { url: pay_url ?? null, procedureStatus } };
    });
  }

  async upload(app: App, file: Upload): Promise<MaterialView> {
    await this.calls.require(app, CERTIFICATION_SETS);
    try {
      const { mediaid } = await this.calls.bring(app, (api, token, context) =>
        api.certification.uploadMaterial(token, file.once(), context),
      );
      return { media_id: mediaid };
    } catch (error) {
      throw error instanceof WechatApiError ? wechatProblem(error, 'WeChat did not take the file.') : error;
    }
  }

  async identities(app: App): Promise<IdentityPage> {
    await this.calls.require(app, CERTIFICATION_SETS);
    try {
      const nodes = await this.calls.read(app, (api, token, context) => api.certification.queryIdentityTree(token, context));
      return { items: toIdentities(nodes), next_cursor: null };
    } catch (error) {
      throw error instanceof WechatApiError ? wechatProblem(error, 'WeChat did not give the identities.') : error;
    }
  }

  private checked(body: object, again: boolean): CertificationData {
    const given = JSON.parse(JSON.stringify(body)) as CertificationData;
    const data = { ...given, invoice_info: given.invoice_info ?? { invoice_type: 1 as const } };
    const errors = problemsOf(data, again);
    if (errors.length === 0) return data;
    throw new DomainError('invalid-request', `WeChat would refuse it: ${errors.map(({ field }) => field).join(', ')}.`, {
      errors,
      remedy: { en: 'Correct the fields in `errors`.', zh: '请按 errors 修改各字段。' },
    });
  }

  private async returned(app: App, id: string): Promise<CertificationEntity> {
    const row = await this.orders.find(app, id);
    if (!row) throw new DomainError('not-found', 'There is no such certification to submit again.');
    if (stateOf(row) === 'returned' && row.kind === 'single' && row.taskId !== null) return row;
    throw new DomainError(
      'conflict',
      `Only one that was returned for correction can be submitted again; this one is ${stateOf(row)}.`,
    );
  }

  private made({ pay_type }: CertificationData, { clientId }: Client): Pick<NewOrder, 'payType' | 'clientId'> {
    return { payType: pay_type, clientId };
  }

  /** Written down, sent, concluded. A refusal can name a procedure that exists all the same (§4): it is followed. */
  private async send(
    app: App,
    made: NewOrder,
    call: Parameters<typeof this.calls.bring<{ taskId: string; told: ToldOrder }>>[1],
  ): Promise<CertificationDetailsView> {
    const id = await this.orders.begin(app, made, this.leaseS, (newest) => this.requireFree(newest, made.replaces));
    try {
      const { taskId, told } = await this.calls.bring(app, call);
      await this.orders.taken(app, id, taskId, told);
    } catch (error) {
      if (!(error instanceof WechatApiError)) {
        await this.orders.notTaken(app, id, 'refused', { errmsg: error instanceof Error ? error.message : String(error) });
        throw error;
      }
      const procedure = error.details?.['procedure_id'];
      if (typeof procedure === 'string' && procedure !== '') {
        const hints = error.details?.['hints'] ?? [];
        await this.orders.taken(app, id, procedure, { procedureStatus: PROCEDURE.filingRefused, audit: { hints, reasons: [] } });
      } else await this.orders.notTaken(app, id, error.maybeExecuted ? 'unclear' : 'refused', refusalOf(error));
      throw wechatProblem(error, error.maybeExecuted ? 'It was not taken, as far as is known.' : 'It was not taken.');
    }
    const row = await this.orders.find(app, id);
    if (row?.kind === 'with_filing') await this.reader.tryToRead(row, 'client');
    return this.order(app, id);
  }

  private requireFree(newest: CertificationEntity | undefined, replaces: string | null): void {
    if (!newest || newest.certificationId === replaces) return;
    const state = stateOf(newest);
    const unclear = state === 'unclear' && this.clock.now() - newest.createdAt.getTime() < UNCLEAR_MS;
    if (!runs(state) && !unclear) return;
    throw new DomainError('conflict', `There is one that is not finished: ${newest.certificationId} is ${state}.`, {
      members: { certification_id: newest.certificationId, state },
      remedy: { en: 'Wait for its end.', zh: '请等待其结束。' },
    });
  }

  private async readNow(row: CertificationEntity): Promise<void> {
    try {
      await this.reader.read(row, 'client');
    } catch (error) {
      throw error instanceof WechatApiError ? wechatProblem(error, 'WeChat did not say how it stands.') : error;
    }
  }
}
