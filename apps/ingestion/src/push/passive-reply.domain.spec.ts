import { describe, expect, it } from 'vitest';
import { parseXml } from '#wechat';
import { readReply, WrongReplyError } from './passive-reply.domain.js';

const address = { toUserName: 'o1', fromUserName: 'gh_a', createTime: 1 };
const common = { ToUserName: 'o1', FromUserName: 'gh_a', CreateTime: '1' };
const article = { Title: 'T', Description: 'D', PicUrl: 'https://p', Url: 'https://u' };

describe.each([['wxplane'], ['wxcomponent']] as const)('%s', (format) => {
  it.each([[''], ['success'], [' \n'], ['{}']])('no reply: %j', (body) => {
    expect(readReply(format, body, address)).toBeUndefined();
  });
  it.each([['<html>'], ['[]'], ['"x"'], ['{"reply":{"type":"video"},"MsgType":"video"}'], ['{"reply":5,"MsgType":5}']])(
    'wrong: %s',
    (body) => {
      expect(() => readReply(format, body, address)).toThrow(WrongReplyError);
    },
  );
});

it.each([
  [
    { type: 'text', content: '好 ]]> <b>' },
    { MsgType: 'text', Content: '好 ]]> <b>' },
    { MsgType: 'text', Content: '好 ]]> <b>' },
  ],
  [
    { type: 'image', media_id: 'm1' },
    { MsgType: 'image', Image: { MediaId: 'm1' } },
    { MsgType: 'image', Image: { MediaId: 'm1' } },
  ],
  [
    { type: 'news', articles: [{ title: 'T', description: 'D', pic_url: 'https://p', url: 'https://u' }] },
    { MsgType: 'news', ArticleCount: 1, Articles: { item: [article] } },
    { MsgType: 'news', ArticleCount: '1', Articles: { item: article } },
  ],
  [{ type: 'transfer_customer_service' }, { MsgType: 'transfer_customer_service' }, { MsgType: 'transfer_customer_service' }],
  [
    { type: 'transfer_customer_service', kf_account: 'a@b' },
    { MsgType: 'transfer_customer_service', TransInfo: { KfAccount: 'a@b' } },
    { MsgType: 'transfer_customer_service', TransInfo: { KfAccount: 'a@b' } },
  ],
])('%j becomes XML, in both formats', (ours, wechats, xml) => {
  expect(parseXml(readReply('wxplane', JSON.stringify({ reply: ours }), address)!)).toEqual({ ...common, ...xml });
  expect(parseXml(readReply('wxcomponent', JSON.stringify(wechats), address)!)).toEqual({ ...common, ...xml });
});

it('a text longer than WeChat takes is wrong', () => {
  expect(() => readReply('wxplane', JSON.stringify({ reply: { type: 'text', content: '好'.repeat(700) } }), address)).toThrow(
    '2048 bytes',
  );
});
