import {
  Body,
  ConflictException,
  Controller,
  Get,
  Header,
  HttpCode,
  NotFoundException,
  Param,
  ParseEnumPipe,
  Post,
  Query,
} from '@nestjs/common';
import { donePage, errorPage } from '../consent/consent.page.js';
import { agreed, questionPage } from '../consent/question.page.js';
import { World } from '../world/world.service.js';
import { type Certification, type CertificationAct, CertificationService, type Procedure } from './certification.service.js';
import { DecideCertification, DecideFace, DecideFiling, DecideProcedure } from './filing.dto.js';
import { type FaceTask, FilingService, type FilingVerdict } from './filing.service.js';

const HTML = 'text/html; charset=utf-8';
const GONE = '页面已失效 (this page has ended)';
const VERDICTS = {
  'platform-approve': 'platform-approve',
  'platform-reject': 'platform-reject',
  'sms-done': 'sms-done',
  'sms-time-out': 'sms-time-out',
  'authority-approve': 'authority-approve',
  'authority-reject': 'authority-reject',
} as const satisfies Record<FilingVerdict, FilingVerdict>;
const UNREADABLE = [{ key_name: '主体负责人证件照片', error: '照片不清晰', suggest: '请重新上传' }];

/** The pages of the administrator, and the control API that decides in the place of reviewers, of the authority and of people. */
@Controller()
export class FilingController {
  constructor(
    private readonly world: World,
    private readonly filings: FilingService,
    private readonly certifications: CertificationService,
  ) {}

  @Get('wxawap/icpverify')
  @Header('content-type', HTML)
  askFace(@Query('task') id: string): string {
    const task = this.filings.tasks.get(id);
    if (!task || task.finished || task.endsAt <= this.world.now) return errorPage('mobile', GONE);
    return questionPage(['人脸核身', 'Face check'], ['通过人脸核身？', 'Pass the face check?'], `/_consent/icpverify/${id}`);
  }

  @Post('_consent/icpverify/:id')
  @HttpCode(200)
  @Header('content-type', HTML)
  answerFace(@Param('id') id: string, @Body() body: string): string {
    const task = this.filings.tasks.get(id);
    if (!task || !this.filings.face(task, agreed(body), false)) return errorPage('mobile', GONE);
    return donePage('mobile');
  }

  @Get('wxawap/wxaauth')
  @Header('content-type', HTML)
  askCertification(@Query('taskid') id: string): string {
    const one = this.certifications.all.get(id);
    if (one?.task !== 0) return errorPage('mobile', GONE);
    return questionPage(
      ['小程序认证', 'Certification'],
      ['同意认证，并完成人脸与手机验证？', 'Agree, and pass the checks of face and phone?'],
      `/_consent/wxaauth/${id}`,
    );
  }

  @Post('_consent/wxaauth/:id')
  @HttpCode(200)
  @Header('content-type', HTML)
  answerCertification(@Param('id') id: string, @Body() body: string): string {
    const one = this.certifications.all.get(id);
    if (one?.task !== 0) return errorPage('mobile', GONE);
    for (const act of agreed(body) ? PERSON_ACTS : (['refuse'] as const)) this.certifications.act(one, act, '');
    return donePage('mobile');
  }

  @Get('_control/merchants/:appid/filing')
  filing(@Param('appid') appid: string) {
    const merchant = this.world.merchant(appid);
    const { audit, sms, canceling, record, form } = this.filings.filingOf(merchant);
    const tasks = [...this.filings.tasks.values()].filter((task) => task.merchant === merchant).map(faceView);
    return { status: this.filings.statusOf(merchant), sms, canceling, record, audit, form, tasks };
  }

  @Post('_control/merchants/:appid/filing/:verdict')
  @HttpCode(200)
  decide(
    @Param('appid') appid: string,
    @Param('verdict', new ParseEnumPipe(VERDICTS)) verdict: FilingVerdict,
    @Body() body: DecideFiling,
  ) {
    const problem = this.filings.decide(this.world.merchant(appid), verdict, body.audit_data ?? UNREADABLE);
    if (problem) throw new ConflictException(problem);
    return this.filing(appid);
  }

  @Post('_control/face-checks/:id')
  @HttpCode(200)
  face(@Param('id') id: string, @Body() { passed, final }: DecideFace) {
    const task = this.filings.tasks.get(id);
    if (!task) throw new NotFoundException(`no face check ${id}`);
    if (!this.filings.face(task, passed, final)) throw new ConflictException(`face check ${id} has ended`);
    return faceView(task);
  }

  @Post('_control/certifications/:taskid')
  @HttpCode(200)
  certification(@Param('taskid') id: string, @Body() { act, reason }: DecideCertification) {
    const one = this.certifications.all.get(id);
    if (!one) throw new NotFoundException(`no certification ${id}`);
    for (const step of act === 'finish' ? PERSON_ACTS : [act]) {
      const problem = this.certifications.act(one, step, reason);
      if (problem) throw new ConflictException(problem);
    }
    return certificationView(one);
  }

  @Post('_control/procedures/:id')
  @HttpCode(200)
  procedure(@Param('id') id: string, @Body() { act, reason, audit_data }: DecideProcedure) {
    const one = this.certifications.procedures.get(id);
    if (!one) throw new NotFoundException(`no procedure ${id}`);
    const problem = this.certifications.actOnProcedure(one, act, reason, audit_data ?? (act === 'reject' ? UNREADABLE : []));
    if (problem) throw new ConflictException(problem);
    return procedureView(one);
  }
}

/** What the administrator does on the page. */
const PERSON_ACTS: readonly CertificationAct[] = ['agree', 'face-pass', 'phone-pass'];

const faceView = ({ id, combined, endsAt, status, finished }: FaceTask) => ({
  id,
  combined,
  ends_at_ms: endsAt,
  face_status: status,
  finished,
});
const certificationView = ({ taskid, task, apply, reason }: Certification) => ({
  taskid,
  task_status: task,
  apply_status: apply,
  reason,
});
const procedureView = ({ id, status, reason }: Procedure) => ({ procedure_id: id, procedure_status: status, reason });
