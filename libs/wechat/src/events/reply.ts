import { cdata, parseXml, type XmlRecord } from '../wire/xml.js';

/** Who answers whom: of the message that is answered, the two names swapped. */
export interface ReplyAddress {
  /** The user's openid: the message's `FromUserName`. */
  readonly toUserName: string;
  /** The account's `gh_…` id: the message's `ToUserName`. */
  readonly fromUserName: string;
  /** Unix seconds. */
  readonly createTime: number;
}

export interface NewsArticle {
  readonly title: string;
  readonly description: string;
  readonly picUrl: string;
  readonly url: string;
}

/** Swaps the names of a received message. */
export function replyAddress(
  message: { readonly ToUserName: string; readonly FromUserName: string },
  createTime: number = Math.floor(Date.now() / 1000),
): ReplyAddress {
  return { toUserName: message.FromUserName, fromUserName: message.ToUserName, createTime };
}

export function textReply(address: ReplyAddress, content: string): string {
  return reply(address, 'text', element('Content', cdata(content)));
}

/** @param mediaId of a picture uploaded for the same account. */
export function imageReply(address: ReplyAddress, mediaId: string): string {
  return reply(address, 'image', element('Image', element('MediaId', cdata(mediaId))));
}

/** @param articles 1 to 8; WeChat shows only the first to users of newer clients. */
export function newsReply(address: ReplyAddress, articles: readonly NewsArticle[]): string {
  if (articles.length < 1 || articles.length > 8) {
    throw new RangeError('a news reply has 1 to 8 articles');
  }
  const items = articles.map(({ title, description, picUrl, url }) =>
    element(
      'item',
      element('Title', cdata(title)) +
        element('Description', cdata(description)) +
        element('PicUrl', cdata(picUrl)) +
        element('Url', cdata(url)),
    ),
  );
  return reply(address, 'news', element('ArticleCount', String(articles.length)) + element('Articles', items.join('')));
}

/** Hands the conversation to customer service; the only passive reply that a mini program knows. */
export function transferCustomerServiceReply(address: ReplyAddress, kfAccount?: string): string {
  const transfer = kfAccount === undefined ? '' : element('TransInfo', element('KfAccount', cdata(kfAccount)));
  return reply(address, 'transfer_customer_service', transfer);
}

/** The same reply for a push whose content was JSON. */
export function replyInJson(xml: string): string {
  const { CreateTime, ArticleCount, Articles, ...rest } = parseXml(xml);
  const items = (Articles as XmlRecord | undefined)?.['item'];
  return JSON.stringify({
    ...rest,
    CreateTime: Number(CreateTime),
    ...(items === undefined ? {} : { ArticleCount: Number(ArticleCount), Articles: [items].flat() }),
  });
}

function reply(address: ReplyAddress, msgType: string, content: string): string {
  if (!Number.isSafeInteger(address.createTime)) {
    throw new TypeError('createTime must be Unix seconds');
  }
  return element(
    'xml',
    element('ToUserName', cdata(address.toUserName)) +
      element('FromUserName', cdata(address.fromUserName)) +
      element('CreateTime', String(address.createTime)) +
      element('MsgType', cdata(msgType)) +
      content,
  );
}

function element(name: string, content: string): string {
  return `<${name}>${content}</${name}>`;
}
