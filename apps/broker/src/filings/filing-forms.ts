import { Injectable } from '@nestjs/common';
import { plainToInstance } from 'class-transformer';
import { type ValidationError, validate } from 'class-validator';
import { DomainError } from '#service';
import type { FilingForm } from '#wechat';
import type { App } from '../account-calls/account-calls.js';
import { FilingApplications } from './filing-applications.repository.js';
import { FilingConstantsStore } from './filing-constants.js';
import { FilingMedia } from './filing-media.js';
import { FilingVerifications } from './filing-verifications.js';
import type { FilingFormRequest } from './filings.dto.js';
import { type FormProblem, problemsOf } from './form.domain.js';
import { FilingFormBody } from './form.dto.js';

/** Forms, made whole and looked at before WeChat sees them. */
@Injectable()
export class FilingForms {
  constructor(
    private readonly applications: FilingApplications,
    private readonly constants: FilingConstantsStore,
    private readonly media: FilingMedia,
    private readonly verifications: FilingVerifications,
  ) {}

  /** The form that is meant: given, or an earlier one with changes. @throws DomainError */
  async complete(app: App, { form, based_on, changes }: FilingFormRequest): Promise<FilingForm> {
    if ((form === undefined) === (based_on === undefined) || (changes !== undefined && based_on === undefined))
      throw new DomainError('invalid-request', 'Give either form, or based_on with changes.', {
        errors: [{ field: 'form', message: 'form, or based_on with changes' }],
      });
    if (form) return JSON.parse(JSON.stringify(form)) as FilingForm;
    const row = await this.applications.find(app, based_on!);
    if (!row) throw new DomainError('not-found', 'There is no such application to begin from.');
    const whole = merged(this.applications.formOf(row), changes ?? {});
    const checked = plainToInstance(FilingFormBody, whole);
    const errors = await validate(checked, { whitelist: true, forbidNonWhitelisted: true, forbidUnknownValues: true });
    if (errors.length > 0)
      throw new DomainError('invalid-request', 'With these changes the form is not complete.', { errors: flat(errors) });
    return JSON.parse(JSON.stringify(checked)) as FilingForm;
  }

  async problems(app: App, form: FilingForm): Promise<FormProblem[]> {
    const constants = await this.constants.of(app);
    const uploaded = await this.media.certificateTypes(app, photosOf(form));
    const taskId = form.icp_applets.principal_info.verify_task_id;
    const check = await this.verifications.stateOfTask(app, taskId);
    const expired = check !== undefined && check.expiresAt.getTime() <= Date.now();
    const states = { passed: 'passed', failed: 'failed', expired: 'expired' } as const;
    const state = check && (expired ? 'expired' : (states[check.state as keyof typeof states] ?? 'open'));
    return problemsOf(form, constants, { certificateOf: (id) => uploaded.get(id), checkOf: () => state });
  }

  /** @throws DomainError `invalid-request` with every field that WeChat would refuse */
  async require(app: App, form: FilingForm): Promise<void> {
    const problems = await this.problems(app, form);
    if (problems.length === 0) return;
    const fields = problems.map(({ field }) => field).join(', ');
    throw new DomainError('invalid-request', `WeChat would refuse the form: ${fields}.`, {
      errors: problems.map(({ field, message }) => ({ field: `form.${field}`, message: `${message.en} (${message.zh})` })),
      remedy: { en: 'Correct the fields in `errors`.', zh: '请按 errors 修改各字段。' },
    });
  }
}

const photosOf = ({ icp_subject, icp_applets }: FilingForm): string[] =>
  [
    icp_subject.organize_info.certificate_photo,
    ...[icp_subject.principal_info, icp_applets.principal_info].flatMap((who) => [
      who.certificate_photo_front,
      who.certificate_photo_back,
    ]),
  ].filter((id) => id !== undefined);

/** Objects are merged, everything else is replaced; `null` takes a member away. */
export function merged(node: unknown, change: unknown): unknown {
  if (!isObject(node) || !isObject(change)) return change;
  const result: Record<string, unknown> = { ...node };
  for (const [name, value] of Object.entries(change)) {
    if (value === null) delete result[name];
    else result[name] = merged(result[name], value);
  }
  return result;
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** What class-validator found, by the whole path. */
function flat(errors: readonly ValidationError[], at = 'form'): { field: string; message: string }[] {
  return errors.flatMap(({ property, constraints, children }) => [
    ...Object.values(constraints ?? {}).map((message) => ({ field: `${at}.${property}`, message })),
    ...flat(children ?? [], `${at}.${property}`),
  ]);
}
