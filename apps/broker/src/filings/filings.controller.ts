import { Body, Controller, Get, HttpCode, Param, Post, Query, Req, Res } from '@nestjs/common';
import { ApiBody, ApiConsumes, ApiProduces, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Audited, AuthorizerPath, type Client, ComponentPath, CurrentClient, Cursors, Needs, PageQuery } from '#service';
import { AccountCalls, type App } from '../account-calls/account-calls.js';
import { FILM, PICTURES, Upload } from '../account-calls/upload.js';
import { toApplicationView, toStepView, toVerificationView } from './filing.view.js';
import { FilingApplications } from './filing-applications.repository.js';
import { FilingConstantsStore } from './filing-constants.js';
import { FilingForms } from './filing-forms.js';
import { FilingJournal } from './filing-journal.js';
import { FilingMedia } from './filing-media.js';
import { FILING_SETS } from './filing-reader.js';
import { FilingVerifications } from './filing-verifications.js';
import {
  ApplicationDetailsView,
  ApplicationPage,
  ApplicationPath,
  CancelFilingRequest,
  CreateVerificationRequest,
  FilingConstantsView,
  FilingFormRequest,
  FilingHistoryPage,
  FilingMediaPath,
  FilingMediaQuery,
  FilingMediaView,
  FilingPage,
  FilingSearch,
  FilingView,
  FormCheckView,
  OnlineFilingView,
  VerificationPage,
  VerificationPath,
  VerificationView,
} from './filings.dto.js';
import { FilingsService } from './filings.service.js';

const APPLICATIONS = new Cursors('filing-applications');
const VERIFICATIONS = new Cursors('filing-verifications');
const HISTORY = new Cursors('filing-history');
/** WeChat names no limit; a photo of a certificate has a few megabytes. */
const MOST_BYTES = 10 * 1024 * 1024;

const appOf = ({ component_appid, authorizer_appid }: AuthorizerPath): App => ({
  componentAppid: component_appid,
  authorizerAppid: authorizer_appid,
});

@ApiTags('filings')
@Controller('v1/components/:component_appid/filings')
export class FilingsController {
  constructor(private readonly filings: FilingsService) {}

  /** Where the filings (备案) of all mini programs stand, as last read from WeChat. */
  @Get()
  @Needs('filings.read')
  list(@Param() path: ComponentPath, @Query() query: FilingSearch, @CurrentClient() client: Client): Promise<FilingPage> {
    return this.filings.list(path.component_appid, query, client);
  }
}

@ApiTags('filings')
@Controller('v1/components/:component_appid/authorizers/:authorizer_appid/filing')
export class FilingController {
  constructor(
    private readonly filings: FilingsService,
    private readonly constants: FilingConstantsStore,
    private readonly forms: FilingForms,
    private readonly media: FilingMedia,
    private readonly verifications: FilingVerifications,
    private readonly applications: FilingApplications,
    private readonly journal: FilingJournal,
    private readonly calls: AccountCalls,
  ) {}

  /** Where the filing stands, whom it waits for and until when. Read from WeChat the first time, then kept by events and by a slow poller. */
  @Get()
  @Needs('filings.read')
  get(@Param() path: AuthorizerPath): Promise<FilingView> {
    return this.filings.get(appOf(path));
  }

  /** Asks WeChat now. */
  @Post('refresh')
  @HttpCode(200)
  @Needs('filings.read')
  @Audited('filing.refresh')
  refresh(@Param() path: AuthorizerPath): Promise<FilingView> {
    return this.filings.refresh(appOf(path));
  }

  /** The lists that a form is made of, kept a day for the component. Their numbers are not to be written into programs. */
  @Get('constants')
  @Needs('filings.read')
  async listsOfForm(@Param() path: AuthorizerPath): Promise<FilingConstantsView> {
    await this.calls.require(appOf(path), FILING_SETS);
    const { readAt, ...lists } = await this.constants.of(appOf(path));
    return { ...(lists as unknown as Omit<FilingConstantsView, 'read_at'>), read_at: readAt.toISOString() };
  }

  /** Looks at a form as WeChat would, without sending it: every field that is wrong, in both languages. */
  @Post('check')
  @HttpCode(200)
  @Needs('filings.write')
  async check(@Param() path: AuthorizerPath, @Body() body: FilingFormRequest): Promise<FormCheckView> {
    const app = appOf(path);
    await this.calls.require(app, FILING_SETS);
    const problems = await this.forms.problems(app, await this.forms.complete(app, body));
    return { ok: problems.length === 0, problems: problems.map(({ field, message }) => ({ field, message: { ...message } })) };
  }

  /** Uploads a paper: the file itself as the body, streamed on, at most 10 MB. The answer has the id for the form. */
  @Post('media')
  @ApiConsumes(...PICTURES, FILM)
  @ApiBody({ schema: { type: 'string', format: 'binary' } })
  @Needs('filings.write')
  @Audited('filing.upload', { idempotent: false })
  async upload(
    @Param() path: AuthorizerPath,
    @Query() query: FilingMediaQuery,
    @Req() request: FastifyRequest,
  ): Promise<FilingMediaView> {
    const file = Upload.of(request, [...PICTURES, FILM], MOST_BYTES);
    await this.calls.require(appOf(path), FILING_SETS);
    const { type, media_id } = await this.media.upload(appOf(path), file, query.field, query.certificate_type);
    return { type, media_id };
  }

  /** A paper as WeChat has it. It holds personal data: each look is in the audit log. */
  @Get('media/:media_id')
  @ApiProduces('image/jpeg', 'video/mp4')
  @Needs('filings.write')
  @Audited('filing.look-at-media', { idempotent: false })
  async mediaOf(@Param() path: FilingMediaPath, @Res() reply: FastifyReply): Promise<void> {
    await this.calls.require(appOf(path), FILING_SETS);
    const { contentType, data } = await this.media.read(appOf(path), path.media_id);
    await reply.type(contentType).header('cache-control', 'no-store').send(data);
  }

  /** Asks the administrator for a face check. Each call makes another one: have everything else ready, it is good for three days. */
  @Post('verifications')
  @Needs('filings.write')
  @Audited('filing.verify')
  async verify(
    @Param() path: AuthorizerPath,
    @Body() body: CreateVerificationRequest,
    @CurrentClient() client: Client,
  ): Promise<VerificationView> {
    await this.calls.require(appOf(path), FILING_SETS);
    return toVerificationView(await this.verifications.create(appOf(path), body.along_with_auth ?? false, client.clientId));
  }

  /** Face checks, newest first. */
  @Get('verifications')
  @Needs('filings.read')
  async listVerifications(@Param() path: AuthorizerPath, @Query() query: PageQuery): Promise<VerificationPage> {
    const rows = await this.verifications.list(appOf(path), VERIFICATIONS.after(query), query.limit + 1);
    return VERIFICATIONS.page(rows, query, (row) => row.rowId, toVerificationView);
  }

  /** How it stands. Told by an event, too. */
  @Get('verifications/:verification_id')
  @Needs('filings.read')
  async verification(@Param() path: VerificationPath): Promise<VerificationView> {
    return toVerificationView(await this.verifications.get(appOf(path), path.verification_id));
  }

  /** Asks WeChat how it stands. */
  @Post('verifications/:verification_id/refresh')
  @HttpCode(200)
  @Needs('filings.read')
  @Audited('filing.verify-refresh')
  async refreshVerification(@Param() path: VerificationPath): Promise<VerificationView> {
    return toVerificationView(await this.verifications.refresh(appOf(path), path.verification_id));
  }

  /**
   * Applies for the filing, also again after a rejection. The form is looked at before WeChat is asked. What WeChat refuses comes back
   * field by field; what is unclear is read from WeChat within minutes, and never sent a second time.
   */
  @Post('applications')
  @Needs('filings.write')
  @Audited('filing.apply')
  apply(
    @Param() path: AuthorizerPath,
    @Body() body: FilingFormRequest,
    @CurrentClient() client: Client,
  ): Promise<ApplicationDetailsView> {
    return this.filings.apply(appOf(path), body, client);
  }

  /** Newest first. */
  @Get('applications')
  @Needs('filings.read')
  async list(@Param() path: AuthorizerPath, @Query() query: PageQuery): Promise<ApplicationPage> {
    const rows = await this.applications.list(appOf(path), APPLICATIONS.after(query), query.limit + 1);
    return APPLICATIONS.page(rows, query, (row) => row.rowId, toApplicationView);
  }

  /** With its form, in which what is of people shows its ends only. */
  @Get('applications/:application_id')
  @Needs('filings.read')
  application(@Param() path: ApplicationPath): Promise<ApplicationDetailsView> {
    return this.filings.application(appOf(path), path.application_id);
  }

  /** Withdraws the application that is in review. */
  @Post('withdraw')
  @HttpCode(200)
  @Needs('filings.write')
  @Audited('filing.withdraw')
  withdraw(@Param() path: AuthorizerPath, @CurrentClient() client: Client): Promise<FilingView> {
    return this.filings.withdraw(appOf(path), client);
  }

  /** Cancels a filing that stands: the mini program must go offline. */
  @Post('cancel')
  @HttpCode(200)
  @Needs('filings.write')
  @Audited('filing.cancel')
  cancel(@Param() path: AuthorizerPath, @Body() body: CancelFilingRequest, @CurrentClient() client: Client): Promise<FilingView> {
    return this.filings.cancel(appOf(path), body, client);
  }

  /** What is filed, read from WeChat now. */
  @Get('online')
  @Needs('filings.read')
  online(@Param() path: AuthorizerPath): Promise<OnlineFilingView> {
    return this.filings.online(appOf(path));
  }

  /** What happened, newest first. */
  @Get('history')
  @Needs('filings.read')
  async history(@Param() path: AuthorizerPath, @Query() query: PageQuery): Promise<FilingHistoryPage> {
    const rows = await this.journal.history(appOf(path), HISTORY.after(query), query.limit + 1);
    return HISTORY.page(rows, query, (row) => row.historyId, toStepView);
  }
}
