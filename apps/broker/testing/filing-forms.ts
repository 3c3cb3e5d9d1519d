import type { Rig } from './rig.js';

/** Papers and a form of the sandbox's constants, and what people do in it. */
export class FilingForms {
  constructor(
    private readonly rig: Rig,
    private readonly appid: string,
  ) {}

  get at(): string {
    return `${this.rig.path(this.appid)}/filing`;
  }

  async paper(
    certificateType: number,
    field = 'icp_subject.principal_info.certificate_photo_front',
    broker = 0,
  ): Promise<string> {
    const response = await fetch(
      `${this.rig.brokers[broker]?.url}${this.at}/media?field=${field}&certificate_type=${certificateType}`,
      {
        method: 'POST',
        headers: { authorization: `Bearer ${this.rig.key}`, 'content-type': 'image/jpeg' },
        body: Buffer.from('a picture'),
      },
    );
    if (response.status !== 201) throw new Error(`the upload answered ${response.status} ${await response.text()}`);
    return ((await response.json()) as { media_id: string }).media_id;
  }

  /** A face check that was passed. @returns WeChat's task id */
  async check(): Promise<string> {
    const { body } = await this.rig.api<{ verification_id: string; task_id: string }>(`${this.at}/verifications`, {
      method: 'POST',
      body: {},
    });
    await this.rig.control.post(`/face-checks/${body.task_id}`, { passed: true });
    await this.rig.api(`${this.at}/verifications/${body.verification_id}/refresh`, { method: 'POST' });
    return body.task_id;
  }

  /** One that WeChat takes. */
  async form(): Promise<FilingFormOfTests> {
    const [identity, licence, verify_task_id] = [await this.paper(2), await this.paper(1), await this.check()];
    const person = {
      name: '张三',
      mobile: '13000000000',
      email: 'a@example.com',
      certificate_type: 2,
      certificate_number: '440100199001010000',
      certificate_validity_date_start: '20230815',
      certificate_validity_date_end: '长期',
      certificate_photo_front: identity,
      certificate_photo_back: identity,
    };
    return {
      icp_subject: {
        base_info: {
          type: 4,
          name: '广州某某贸易有限公司',
          province: '440000',
          city: '440100',
          district: '440106',
          address: '体育东路1号',
        },
        organize_info: { certificate_type: 1, certificate_number: '91440101MA5XXXXXXX', certificate_photo: licence },
        principal_info: person,
      },
      icp_applets: {
        base_info: {
          service_content_types: [3, 4],
          nrlx_details: [{ type: 0 }],
          comment: '为本店顾客提供商品浏览、在线下单和到店自提等服务的小程序',
        },
        principal_info: { ...person, verify_task_id },
      },
      icp_materials: { commitment_letter: [licence] },
    };
  }
}

// biome-ignore lint/suspicious/noExplicitAny: tests spoil any member of it
export type FilingFormOfTests = any;
