import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { TemplatePromotionEntity } from '#persistence';
import { ReleaseWorld } from '../../testing/release-world.js';
import { COMPONENT } from '../../testing/stand-ins.js';
import type { DraftComparison, DraftPage, TemplateComparison, TemplatePage, TemplateView } from './template.dto.js';

describe('templates', () => {
  let world: ReleaseWorld;

  beforeAll(async () => {
    world = await ReleaseWorld.start();
  });
  afterAll(() => world?.stop());
  beforeEach(() => world.sandbox.control('/faults', undefined, 'DELETE'));

  const upload = (more: Record<string, unknown>) =>
    world.sandbox.control<{ draft_id: number }>(`/components/${COMPONENT}/drafts`, more);
  const promote = (draftId: number) => world.call<TemplateView>(world.component('/templates'), { draft_id: draftId });
  const list = () => world.ok<TemplatePage>(world.component('/templates'));

  it('makes a template of a draft and finds its id, which WeChat does not answer', async () => {
    await upload({ user_version: '2.0.0', user_desc: '张三 于 2026年上传 🙂', developer: '张三' });
    const drafts = await world.ok<DraftPage>(world.component('/template-drafts'));
    const draft = drafts.items.find((item) => item.user_version === '2.0.0');
    const { status, body } = await promote(draft?.draft_id as number);
    expect(status).toBe(201);
    expect(body).toMatchObject({ user_version: '2.0.0', user_desc: '张三 于 2026年上传 🙂' });
    expect((await list()).items.map((item) => item.template_id)).toContain(body.template_id);
  });

  it('looks an unclear promotion up instead of making a second template', async () => {
    const { draft_id } = await upload({ user_version: '2.1.0', source_miniprogram_appid: 'wxdev21' });
    await world.sandbox.control('/faults', { path: '/wxa/addtotemplate', action: 'hang', after: true });
    expect((await promote(draft_id)).body.user_version).toBe('2.1.0');
    expect((await list()).items.filter((item) => item.user_version === '2.1.0')).toHaveLength(1);
    const rows = await world.database.dataSource.getRepository(TemplatePromotionEntity).findBy({ userVersion: '2.1.0' });
    expect(rows).toMatchObject([{ state: 'done', templateId: expect.any(Number) }]);
  });

  it('lets one of several promotions at a time through', async () => {
    const { draft_id } = await upload({ user_version: '2.2.0', source_miniprogram_appid: 'wxdev22' });
    const answers = await Promise.all(Array.from({ length: 5 }, () => promote(draft_id)));
    const made = answers.filter((answer) => answer.status === 201);
    expect(made.length).toBeGreaterThanOrEqual(1);
    // One that comes right after another finds what that one has made.
    const ids = new Set(made.map((answer) => answer.body.template_id));
    expect(await world.sandbox.calls('/wxa/addtotemplate')).toBe(2 + ids.size);
    expect(answers.every((answer) => answer.status === 201 || answer.status === 409)).toBe(true);
  });

  it('answers the template that a promotion made before its process ended', async () => {
    const { draft_id } = await upload({ user_version: '2.3.0', user_desc: 'd', source_miniprogram_appid: 'wxdev23' });
    const now = new Date();
    await world.database.dataSource.getRepository(TemplatePromotionEntity).insert({
      componentAppid: COMPONENT,
      draftId: draft_id,
      userVersion: '2.3.0',
      userDesc: 'd',
      draftCreateTime: 1,
      idsBefore: (await list()).items.map((item) => item.template_id),
      state: 'intent',
      createdAt: now,
      updatedAt: now,
    });
    await world.sandbox.wechat(`/wxa/addtotemplate?access_token=${await world.around.token('')}`, { draft_id });
    const { status, body } = await promote(draft_id);
    expect([status, body.user_version]).toEqual([201, '2.3.0']);
    const made = (await list()).items.filter((item) => item.user_version === '2.3.0');
    expect(made.map((item) => item.template_id)).toEqual([body.template_id]);
  });

  it('says what differs, and deletes', async () => {
    const a = await world.template({ user_version: '3.0.0', user_desc: 'a' });
    const b = await world.template({ user_version: '3.1.0', user_desc: 'a' });
    const { differences } = await world.ok<TemplateComparison>(world.component(`/templates/${b}/compare?with=${a}`));
    expect(differences).toContainEqual({ member: 'user_version', from: '3.0.0', to: '3.1.0' });
    expect(differences.map(({ member }) => member)).not.toContain('create_time');
    const before = await world.ok<TemplateComparison>(world.component(`/templates/${b}/compare`));
    expect(before.from.template_id).toBe(a);
    const { draft_id } = await upload({ user_version: '3.2.0', user_desc: 'a', developer: '李四' });
    const draft = await world.ok<DraftComparison>(world.component(`/template-drafts/${draft_id}/compare`));
    expect(draft).toMatchObject({ from: { template_id: b }, to: { draft_id, developer: '李四' } });
    expect(draft.differences).toContainEqual({ member: 'user_version', from: '3.1.0', to: '3.2.0' });
    expect((await world.call<{ detail: string }>(world.component(`/templates/${b}/compare?with=4711`))).body.detail).toContain(
      '4711',
    );
    expect((await world.call(world.component('/template-drafts/4711/compare'))).status).toBe(404);
    expect((await world.call(world.component(`/templates/${a}`), undefined, { method: 'DELETE' })).status).toBe(204);
    expect((await list()).items.map((item) => item.template_id)).not.toContain(a);
    const again = await world.call<Record<string, unknown>>(world.component(`/templates/${a}`), undefined, { method: 'DELETE' });
    expect(again.body).toMatchObject({ wechat: { errcode: 85064 } });
  });

  it('knows drafts that are gone, and components that are not ours', async () => {
    expect((await promote(4_711)).status).toBe(404);
    expect((await world.call('/v1/components/wx0000000000000000/templates')).status).toBe(404);
  });
});
