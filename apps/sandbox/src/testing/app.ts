import { type Answer, COMPONENT, Harness, MINI } from './harness.js';

/** One authorised mini program and the moves a platform makes with it. */
export class App {
  private constructor(
    readonly harness: Harness,
    readonly appid: string,
    readonly token: string,
    readonly componentToken: string,
    readonly templateId: number,
  ) {}

  static async create(harness: Harness, appid = MINI, template: Answer = {}): Promise<App> {
    const { token, componentToken } = await harness.authorized(appid);
    const { template_id: id } = await harness.control('POST', `components/${COMPONENT}/templates`, template);
    await harness.control('PATCH', 'settings', { privacy_scan_s: 0 });
    return new App(harness, appid, token, componentToken, id);
  }

  get(path: string, query: Record<string, string> = {}): Promise<Answer> {
    return this.harness.get(path, this.token, query);
  }

  post(path: string, body: Answer | string = {}): Promise<Answer> {
    return this.harness.post(path, this.token, body);
  }

  /** @returns the media id of a picture that was uploaded */
  async picture(): Promise<string> {
    const form = new FormData();
    form.set('media', new Blob([Buffer.from('a picture')], { type: 'image/png' }), 'licence.png');
    const query = { access_token: this.token, type: 'image' };
    const answer = await this.harness.raw('POST', '/cgi-bin/media/upload', query, { body: form });
    return ((await answer.json()) as Answer)['media_id'] as string;
  }

  commit(version = '1.0.0', more: Answer = {}): Promise<Answer> {
    const body = { template_id: this.templateId, ext_json: '{}', user_version: version, user_desc: `build ${version} 🚀` };
    return this.post('/wxa/commit', { ...body, ...more });
  }

  submit(more: Answer = {}): Promise<Answer> {
    const item = { first_class: '工具', second_class: '效率', first_id: 287, second_id: 616 };
    return this.post('/wxa/submit_audit', { item_list: [item], ...more });
  }

  decide(verdict: 'approve' | 'reject' | 'delay' | 'withdraw', body: Answer = {}): Promise<Answer> {
    return this.harness.control('POST', `merchants/${this.appid}/audit/${verdict}`, body);
  }

  /** Takes a new version to the given state of the audit slot and answers its auditid. */
  async toAudit(state: AuditState, version = '1.0.0'): Promise<number> {
    if (state === 'none') return 0;
    await expectOk(this.commit(version));
    const { auditid } = await expectOk(this.submit());
    if (state === 'delayed') await this.decide('delay');
    if (state === 'rejected') await this.decide('reject');
    if (state === 'withdrawn') await this.decide('withdraw');
    if (state === 'approved') await this.decide('approve');
    return auditid as number;
  }

  async putOnline(version: string): Promise<void> {
    await this.toAudit('approved', version);
    await expectOk(this.post('/wxa/release'));
  }
}

export type AuditState = 'none' | 'in_audit' | 'delayed' | 'rejected' | 'withdrawn' | 'approved';

export async function expectOk(answer: Promise<Answer>): Promise<Answer> {
  const found = await answer;
  if (found['errcode'] !== 0) throw new Error(JSON.stringify(found));
  return found;
}
