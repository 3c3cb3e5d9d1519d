import { imageReply, newsReply, type ReplyAddress, textReply, transferCustomerServiceReply } from '#wechat';

/** The subscriber's answer is not one that can be sent to a user. */
export class WrongReplyError extends Error {}

type Fields = Readonly<Record<string, unknown>>;

/**
 * Reads what a replier answered.
 * Our format: nothing, or `{"reply": null | {"type": "text", "content"} | {"type": "image", "media_id"} |
 * {"type": "news", "articles": [{title, description, pic_url, url}]} | {"type": "transfer_customer_service", "kf_account"?}}`.
 * wxcomponent's: nothing, `success`, or WeChat's reply as JSON (`MsgType`, `Content`, `Image`, `Articles`, `TransInfo`).
 * @returns the plain XML; `undefined`: no reply is wanted
 * @throws WrongReplyError
 */
export function readReply(format: 'wxplane' | 'wxcomponent', body: string, address: ReplyAddress): string | undefined {
  const text = body.trim();
  if (text === '' || text === 'success') return undefined;
  const answer = asFields(parse(text), 'the answer');
  return format === 'wxcomponent' ? ofWechat(answer, address) : ofOurs(answer['reply'], address);
}

function ofOurs(value: unknown, address: ReplyAddress): string | undefined {
  if (value === undefined || value === null) return undefined;
  const reply = asFields(value, 'reply');
  switch (reply['type']) {
    case 'text':
      return textReply(address, asText(reply['content'], 'content', 2_048));
    case 'image':
      return imageReply(address, asText(reply['media_id'], 'media_id', 256));
    case 'news':
      return news(reply['articles'], address, { title: 'title', description: 'description', picUrl: 'pic_url', url: 'url' });
    case 'transfer_customer_service':
      return transferCustomerServiceReply(address, optional(reply['kf_account'], 'kf_account'));
    default:
      throw new WrongReplyError('type must be text, image, news or transfer_customer_service');
  }
}

function ofWechat(reply: Fields, address: ReplyAddress): string | undefined {
  switch (reply['MsgType']) {
    case undefined:
      return undefined;
    case 'text':
      return textReply(address, asText(reply['Content'], 'Content', 2_048));
    case 'image':
      return imageReply(address, asText(asFields(reply['Image'], 'Image')['MediaId'], 'MediaId', 256));
    case 'news': {
      const articles = reply['Articles'];
      const list = Array.isArray(articles) ? articles : asFields(articles, 'Articles')['item'];
      return news(list, address, { title: 'Title', description: 'Description', picUrl: 'PicUrl', url: 'Url' });
    }
    case 'transfer_customer_service': {
      const info = reply['TransInfo'] === undefined ? {} : asFields(reply['TransInfo'], 'TransInfo');
      return transferCustomerServiceReply(address, optional(info['KfAccount'], 'KfAccount'));
    }
    default:
      throw new WrongReplyError('MsgType must be text, image, news or transfer_customer_service');
  }
}

function news(
  value: unknown,
  address: ReplyAddress,
  names: Readonly<Record<'title' | 'description' | 'picUrl' | 'url', string>>,
): string {
  const list = Array.isArray(value) ? value : [value];
  if (list.length < 1 || list.length > 8) throw new WrongReplyError('a news reply has 1 to 8 articles');
  const articles = list.map((item) => {
    const fields = asFields(item, 'article');
    const text = (name: string) => asText(fields[name] ?? '', name, 2_048);
    return { title: text(names.title), description: text(names.description), picUrl: text(names.picUrl), url: text(names.url) };
  });
  return newsReply(address, articles);
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new WrongReplyError('the answer is not JSON');
  }
}

function asFields(value: unknown, what: string): Fields {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new WrongReplyError(`${what} is not an object`);
  return value as Fields;
}

/** @param maxBytes WeChat's limit is in bytes of UTF-8 */
function asText(value: unknown, name: string, maxBytes: number): string {
  if (typeof value !== 'string') throw new WrongReplyError(`${name} is not a text`);
  if (Buffer.byteLength(value) > maxBytes) throw new WrongReplyError(`${name} is longer than ${maxBytes} bytes`);
  return value;
}

const optional = (value: unknown, name: string) => (value === undefined || value === null ? undefined : asText(value, name, 128));
