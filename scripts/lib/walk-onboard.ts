import { randomInt } from 'node:crypto';
import type { Narration } from './narration.ts';
import type { WalkContext } from './walk-context.ts';

interface Order {
  readonly onboarding_id: string;
  readonly state: string;
  readonly step: string;
  readonly authorizer_appid: string | null;
  readonly task: { readonly code: string; readonly who: string } | null;
  readonly problem: { readonly detail: string; readonly passes: boolean } | null;
}

/** A picture of one pixel: the sandbox looks at none. */
const PICTURE = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
);
const digits = (count: number) => Array.from({ length: count }, () => randomInt(10)).join('');

/** One merchant from the licence to a version that is online, by one order. */
export async function onboard(story: Narration, context: WalkContext): Promise<void> {
  const code = `91440101${digits(10)}`;
  const path = context.componentPath('/onboardings');
  const get = async (id: string) => (await context.api<Order>('release', 'GET', `${path}/${id}`)).body;

  const id = await story.chapter('A company without a mini program is ordered: from its licence to online', async (tell) => {
    const { template_id } = await context.control<{ template_id: number }>('POST', `/components/${context.component}/templates`, {
      user_version: '1.0.0',
    });
    const { body } = await context.api<Order>('release', 'POST', path, orderOf(code, template_id));
    tell('order', `f_wechat_onboarding ${body.onboarding_id}`);
    const papers = ['licence', 'logo', 'card'];
    for (const name of papers) await context.upload('release', `${path}/${body.onboarding_id}/papers/${name}`, PICTURE);
    tell('papers', `${papers.join(', ')}: sealed, until WeChat has them`);
    return body.onboarding_id;
  });

  const appid = await story.chapter('Each person does what they must; the rest goes by itself', async (tell) => {
    const asked = await context.countCalls();
    const tasks: string[] = [];
    const done = await context.until(
      'the merchant to be online',
      async () => {
        const order = await get(id);
        if (order.state === 'failed') throw new Error(`${order.step}: ${order.problem?.detail ?? 'no reason'}`);
        const told = order.task && `${order.task.who} (${order.task.code})`;
        if (told && tasks.at(-1) !== told) tasks.push(told);
        await act(context, order, code);
        return order.state === 'done' ? order : undefined;
      },
      240_000,
    );
    const { body: history } = await context.api<{ items: { step: string }[] }>(
      'release',
      'GET',
      `${path}/${id}/history?limit=100`,
    );
    const steps = new Set(history.items.map(({ step }) => step));
    tell('steps', [...steps].join(' → '));
    tell('persons', tasks.join(', '));
    tell('asked WeChat', await asked());
    return done.authorizer_appid ?? '';
  });

  await story.chapter('The mini program is registered, certified, filed and online', async (tell) => {
    const filing = await context.control<{ status: number; record: string }>('GET', `/merchants/${appid}/filing`);
    const { slots } = await context.control<{ slots: { online: { user_version: string } | null } }>('GET', `/merchants/${appid}`);
    if (filing.status !== 6 || slots.online?.user_version !== '1.0.0') throw new Error('WeChat says otherwise');
    tell('filed', `${filing.record}, says WeChat`);
    tell('online', `${appid} has version 1.0.0, says WeChat`);
  });
}

/** The people of the merchant, the reviewing company, the authority and the reviewer, one thing at a time. */
async function act(context: WalkContext, order: Order, code: string): Promise<void> {
  const { authorizer_appid: appid, step, task } = order;
  const say = (path: string, body: object = {}) => context.control('POST', path, body).catch(() => undefined);
  if (task?.code === 'register') {
    const { registrations } = await context.control<{ registrations: { id: string; subject: string; stage: string }[] }>(
      'GET',
      '/registrations?limit=100',
    );
    const mine = registrations.find(({ subject, stage }) => subject === code && stage === 'made');
    if (mine) await say(`/registrations/${mine.id}/act`, { act: 'finish' });
  } else if (step === 'certification') {
    const { body } = await context.api<{ order: { task_id: string | null } | null }>(
      'broker',
      'GET',
      context.componentPath(`/authorizers/${appid}/certification`),
    );
    const taskId = body.order?.task_id;
    if (taskId) await say(`/certifications/${taskId}`, { act: task ? 'finish' : 'pass' });
  } else if (task?.code === 'face-check') {
    const { tasks } = await context.control<{ tasks: { id: string; finished: boolean }[] }>('GET', `/merchants/${appid}/filing`);
    for (const { id, finished } of tasks) if (!finished) await say(`/face-checks/${id}`, { passed: true });
  } else if (step === 'filing') {
    for (const verdict of ['platform-approve', 'sms-done', 'authority-approve'])
      await say(`/merchants/${appid}/filing/${verdict}`);
  } else if (step === 'release') {
    await say(`/merchants/${appid}/audit/approve`);
  }
}

function orderOf(code: string, template_id: number): object {
  const name = `广州雨巷${code.slice(12)}花店有限公司`;
  const person = {
    name: '李青',
    mobile: '13000000000',
    certificate_type: 2,
    certificate_number: '440100199001010000',
    certificate_validity_date_start: '20230815',
    certificate_validity_date_end: '长期',
    certificate_photo_front: 'paper:card',
    certificate_photo_back: 'paper:card',
  };
  return {
    reference: `walk-${code}`,
    goal: 'online',
    registration: { way: 'enterprise', name, code, component_phone: '02000000000' },
    identity: {
      nick_name: `雨巷花店${code.slice(14)}`,
      signature: '鲜花选购与同城配送',
      avatar: 'paper:logo',
      license: 'paper:licence',
    },
    categories: [{ first: 304, second: 326 }],
    privacy: {
      setting_list: [{ privacy_key: 'Location', privacy_text: '用于选择最近的门店' }],
      owner_setting: { contact_phone: '02000000000', notice_method: '通过小程序内公告通知' },
    },
    certification: {
      customer_type: 1,
      contact_info: { name: '李青', email: 'li@example.com' },
      qualification: 'paper:licence',
      account_name: '雨巷花店',
      account_name_type: 1,
      pay_type: 1,
      service_appid: 'wxservice',
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
    },
    release: {
      template_id,
      user_version: '1.0.0',
      user_desc: 'First version',
      ext_json: { ext: { shop: code } },
    },
  };
}
