import { Body, Controller, Get, HttpCode, Param, Post, Query, Req } from '@nestjs/common';
import { ApiBody, ApiConsumes, ApiTags } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import { Audited, AuthorizerPath, type Client, ComponentPath, CurrentClient, Cursors, Needs, PageQuery } from '#service';
import { LIMITS } from '#wechat';
import type { App } from '../account-calls/account-calls.js';
import { Upload } from '../account-calls/upload.js';
import { toStepView } from '../filings/filing.view.js';
import { CertificationRepository } from './certification.repository.js';
import { toCertificationView } from './certification.view.js';
import { CertificationJournal } from './certification-journal.js';
import {
  BeginBothRequest,
  BeginCertificationRequest,
  CertificatePage,
  CertificateSearch,
  CertificationDetailsView,
  CertificationHistoryPage,
  CertificationOverview,
  CertificationPage,
  CertificationPath,
  IdentityPage,
  MaterialView,
} from './certifications.dto.js';
import { CertificationsService } from './certifications.service.js';

const ORDERS = new Cursors('certifications');
const HISTORY = new Cursors('certification-history');
const PICTURES = ['image/png', 'image/jpeg', 'image/gif'];

const appOf = ({ component_appid, authorizer_appid }: AuthorizerPath): App => ({
  componentAppid: component_appid,
  authorizerAppid: authorizer_appid,
});

@ApiTags('certifications')
@Controller('v1/components/:component_appid/certifications')
export class CertificationsController {
  constructor(private readonly certifications: CertificationsService) {}

  /** Until when mini programs are certified, the earliest end first; those of which no end is known last. */
  @Get()
  @Needs('certifications.read')
  list(
    @Param() path: ComponentPath,
    @Query() query: CertificateSearch,
    @CurrentClient() client: Client,
  ): Promise<CertificatePage> {
    return this.certifications.list(path.component_appid, query, client);
  }
}

@ApiTags('certifications')
@Controller('v1/components/:component_appid/authorizers/:authorizer_appid/certification')
export class CertificationController {
  constructor(
    private readonly certifications: CertificationsService,
    private readonly orders: CertificationRepository,
    private readonly journal: CertificationJournal,
  ) {}

  /** Until when it is certified, and how its newest order stands. */
  @Get()
  @Needs('certifications.read')
  get(@Param() path: AuthorizerPath): Promise<CertificationOverview> {
    return this.certifications.get(appOf(path));
  }

  /** Asks WeChat how the newest order stands. */
  @Post('refresh')
  @HttpCode(200)
  @Needs('certifications.read')
  @Audited('certification.refresh')
  refresh(@Param() path: AuthorizerPath): Promise<CertificationOverview> {
    return this.certifications.refresh(appOf(path));
  }

  /** What persons may be certified as. */
  @Get('identities')
  @Needs('certifications.read')
  identities(@Param() path: AuthorizerPath): Promise<IdentityPage> {
    return this.certifications.identities(appOf(path));
  }

  /** Uploads a picture: the file itself as the body, streamed on, at most 2 MB. */
  @Post('materials')
  @ApiConsumes(...PICTURES)
  @ApiBody({ schema: { type: 'string', format: 'binary' } })
  @Needs('certifications.write')
  @Audited('certification.upload', { idempotent: false })
  upload(@Param() path: AuthorizerPath, @Req() request: FastifyRequest): Promise<MaterialView> {
    return this.certifications.upload(appOf(path), Upload.of(request, PICTURES, LIMITS.pictureBytes));
  }

  /** Begins a certification, or submits one again that was returned. The answer has the address for the administrator. */
  @Post('orders')
  @Needs('certifications.write')
  @Audited('certification.begin')
  begin(
    @Param() path: AuthorizerPath,
    @Body() body: BeginCertificationRequest,
    @CurrentClient() client: Client,
  ): Promise<CertificationDetailsView> {
    return this.certifications.begin(appOf(path), body, client);
  }

  /** Begins certification and filing in one. Where WeChat refuses the form and makes the procedure all the same, it is kept and followed. */
  @Post('orders/with-filing')
  @Needs('certifications.write')
  @Audited('certification.begin-with-filing')
  beginBoth(
    @Param() path: AuthorizerPath,
    @Body() body: BeginBothRequest,
    @CurrentClient() client: Client,
  ): Promise<CertificationDetailsView> {
    return this.certifications.beginBoth(appOf(path), body, client);
  }

  /** Newest first. */
  @Get('orders')
  @Needs('certifications.read')
  async list(@Param() path: AuthorizerPath, @Query() query: PageQuery): Promise<CertificationPage> {
    const rows = await this.orders.list(appOf(path), ORDERS.after(query), query.limit + 1);
    return ORDERS.page(rows, query, (row) => row.rowId, toCertificationView);
  }

  /** With its form, in which what is of people shows its ends only. */
  @Get('orders/:certification_id')
  @Needs('certifications.read')
  order(@Param() path: CertificationPath): Promise<CertificationDetailsView> {
    return this.certifications.order(appOf(path), path.certification_id);
  }

  /** What happened, newest first. */
  @Get('history')
  @Needs('certifications.read')
  async history(@Param() path: AuthorizerPath, @Query() query: PageQuery): Promise<CertificationHistoryPage> {
    const rows = await this.journal.history(appOf(path), HISTORY.after(query), query.limit + 1);
    return HISTORY.page(
      rows,
      query,
      (row) => row.historyId,
      (row) => ({ certification_id: row.certificationId, ...toStepView(row) }),
    );
  }
}
