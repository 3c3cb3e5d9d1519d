import { randomInt } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Suite } from '../../../test/support/suite.js';

/** An order, as far as these tests look at it. */
export interface Order {
  readonly onboarding_id: string;
  readonly reference: string;
  readonly state: string;
  readonly step: string;
  readonly authorizer_appid: string | null;
  readonly task: {
    readonly code: string;
    readonly who: string;
    readonly url: string | null;
    readonly missing: string[];
    readonly approval_id?: string | null;
  } | null;
  readonly problem: { readonly code: string; readonly passes: boolean; readonly detail: string } | null;
  readonly registration_id: string | null;
  readonly release_id: number | null;
  readonly papers: string[];
}

interface Task {
  readonly id: string;
  readonly subject: string;
  readonly stage: string;
  readonly appid: string | null;
}

const digits = (count: number) => Array.from({ length: count }, () => randomInt(10)).join('');
export const PAPERS = ['licence', 'logo', 'card'] as const;

/** Merchants with their papers, and what their people do on WeChat's pages. */
export class Merchants {
  /** @param secondKey of a second person */
  constructor(
    private readonly suite: Suite,
    private readonly secondKey?: string,
  ) {}

  get path(): string {
    return `/v1/components/${this.suite.component.component_appid}/onboardings`;
  }

  async template(): Promise<number> {
    const path = `/components/${this.suite.component.component_appid}/templates`;
    return (await this.suite.control.post<{ template_id: number }>(path, { user_version: '1.0.0' })).template_id;
  }

  /** The way of one company from its licence to its first version. */
  request(templateId: number, more: object = {}) {
    const code = `91440101${digits(10)}`;
    const person = {
      ...{ name: '张三', mobile: '13000000000', email: 'a@example.com' },
      ...{ certificate_type: 2, certificate_number: '440100199001010000' },
      ...{ certificate_validity_date_start: '20230815', certificate_validity_date_end: '长期' },
      ...{ certificate_photo_front: 'paper:card', certificate_photo_back: 'paper:card' },
    };
    const name = `广州${code.slice(8)}贸易有限公司`;
    return {
      reference: `order-${code}`,
      goal: 'online',
      registration: { way: 'enterprise', name, code, component_phone: '02000000000' },
      identity: {
        nick_name: `山茶${code.slice(12)}`,
        signature: '为顾客提供浏览与下单服务',
        avatar: 'paper:logo',
        license: 'paper:licence',
      },
      categories: [{ first: 304, second: 326 }],
      privacy: {
        setting_list: [{ privacy_key: 'Location', privacy_text: '用于选择最近的门店' }],
        owner_setting: { contact_phone: '02000000000', notice_method: '通过小程序内公告通知' },
      },
      certification: {
        ...{ customer_type: 1, contact_info: { name: '张三', email: 'a@example.com' }, qualification: 'paper:licence' },
        ...{ account_name: '山茶商城', account_name_type: 1, pay_type: 1, service_appid: 'wxservice' },
        third_party_phone: '02000000000',
      },
      filing: {
        icp_subject: {
          base_info: { type: 4, name, province: '440000', city: '440100', district: '440106', address: '体育东路1号' },
          organize_info: { certificate_type: 1, certificate_number: code, certificate_photo: 'paper:licence' },
          principal_info: person,
        },
        icp_applets: {
          base_info: {
            service_content_types: [3, 4],
            nrlx_details: [{ type: 0 }],
            comment: '为本店顾客提供商品浏览、在线下单和到店自提等服务的小程序',
          },
          principal_info: person,
        },
        icp_materials: { commitment_letter: ['paper:licence'] },
      },
      release: {
        template_id: templateId,
        user_version: '1.0.0',
        user_desc: '第一版',
        ext_json: { ext: { shop: code } },
        policy: { skip_checks: ['privacy-guide', 'domains'] },
      },
      ...more,
    };
  }

  async paper(id: string, name: string, content = `a picture of ${name}`): Promise<number> {
    const { status } = await fetch(`${this.suite.urls.release}${this.path}/${id}/papers/${name}`, {
      method: 'PUT',
      headers: { authorization: `Bearer ${this.suite.clientKey}`, 'content-type': 'image/png' },
      body: Buffer.from(content),
    });
    return status;
  }

  async papers(id: string): Promise<void> {
    for (const name of PAPERS) await this.paper(id, name);
  }

  async get(id: string): Promise<Order> {
    return (await this.suite.api<Order>('release', 'GET', `${this.path}/${id}`)).body;
  }

  /** Whoever an order waits for does it. @returns whether somebody did something */
  async act(order: Order): Promise<boolean> {
    const { control } = this.suite;
    const appid = order.authorizer_appid;
    switch (order.task?.code) {
      case 'register': {
        const { registrations } = await control.get<{ registrations: Task[] }>('/registrations?limit=10000');
        const code = order.reference.replace('order-', '');
        // In these tests, of the others one at a time.
        const known = order.reference.startsWith('order-');
        const open = registrations.find(({ subject, stage }) => stage === 'made' && (!known || subject === code));
        if (open) await control.post(`/registrations/${open.id}/act`, { act: 'finish' });
        return open !== undefined;
      }
      case 'certification-awaiting-administrator':
        return this.certify(order, 'finish');
      case 'face-check': {
        const { tasks } = await control.get<{ tasks: { id: string; finished: boolean }[] }>(`/merchants/${appid}/filing`);
        const open = tasks.filter(({ finished }) => !finished);
        for (const { id } of open) await control.post(`/face-checks/${id}`, { passed: true });
        return open.length > 0;
      }
      case 'agree': {
        const path = `/v1/approvals/${order.task.approval_id}`;
        const { status } = await this.suite.api('release', 'POST', path, { decision: 'approve' }, this.secondKey);
        return status < 300;
      }
      case 'authority-sms':
        await control.post(`/merchants/${appid}/filing/sms-done`).catch(() => undefined);
        return true;
      default:
        return false;
    }
  }

  /** A reviewing company, or the administrator, decides about the order's certification. */
  async certify(order: Order, act: string, reason = ''): Promise<boolean> {
    const path = `/v1/components/${this.suite.component.component_appid}/authorizers/${order.authorizer_appid}/certification`;
    const { body } = await this.suite.api<{ order: { task_id: string | null } | null }>('broker', 'GET', path);
    const taskId = body.order?.task_id;
    if (!taskId) return false;
    return this.suite.control.post(`/certifications/${taskId}`, { act, reason }).then(
      () => true,
      () => false,
    );
  }

  /** Waits while everybody does what they must. @throws Error with the last order seen */
  async until(id: string, holds: (order: Order) => boolean, timeoutMs = 120_000, people = true): Promise<Order> {
    const deadline = Date.now() + timeoutMs;
    for (;;) {
      const order = await this.get(id);
      if (holds(order)) return order;
      if (Date.now() > deadline) throw new Error(`still ${JSON.stringify(order, null, 1)}`);
      if (people) {
        await this.act(order);
        if (order.step === 'certification') await this.certify(order, 'pass');
      }
      await sleep(250);
    }
  }
}
