import { DomainError } from '#service';
import { type PermissionSet, WechatApiError } from '#wechat';
import type { Arrival, Launch, LinkState, NoArrival } from './launch.service.js';
import type { Bilingual, Browser, Page } from './pages.domain.js';

const AGAIN: Bilingual = { zh: '重新打开授权页', en: 'Open the authorization page again' };

export function launchPage(launch: Launch, browser: Browser): Page {
  const { name } = launch.brand;
  return {
    brand: launch.brand,
    title: name
      ? { zh: `授权给「${name}」`, en: `Authorize “${name}”` }
      : { zh: '微信第三方平台授权', en: 'Authorize a WeChat service provider' },
    paragraphs: [
      {
        zh: '请由公众号或小程序的管理员本人操作。',
        en: 'To be done by an administrator of the official account or mini program.',
      },
      ...(browser === 'mobile'
        ? [
            {
              zh: '建议复制本页链接，在微信中打开。若继续使用当前浏览器，接下来会显示二维码，需用微信扫描。',
              en: 'Better open this page inside WeChat; this browser will show a QR code that WeChat has to scan.',
            },
          ]
        : []),
      ...exclusiveWarning(launch.exclusive),
    ],
    steps:
      browser === 'wechat'
        ? [
            { zh: '点击下方按钮，前往微信授权页。', en: 'Tap the button to reach WeChat’s consent page.' },
            { zh: '选择要授权的账号，核对权限后确认授权。', en: 'Pick the account, check the permissions, agree.' },
          ]
        : [
            { zh: '点击下方按钮，前往微信授权页。', en: 'Click the button to reach WeChat’s consent page.' },
            { zh: '请管理员用微信扫描页面上的二维码。', en: 'Scan the QR code with the administrator’s WeChat.' },
            {
              zh: '在手机上选择要授权的账号，核对权限后确认授权。',
              en: 'On the phone pick the account, check the permissions, agree.',
            },
          ],
    link: { id: 'go', href: launch.href, label: { zh: '前往微信授权', en: 'Continue to WeChat' } },
    footnote: {
      zh: '授权后可随时在公众平台“第三方平台授权管理”中取消。本页会自动刷新；跳转后的微信页面地址请勿转发。',
      en: 'The authorization can be ended at any time on WeChat’s own platform. This page renews itself.',
    },
    reloadAfterS: Math.max(30, launch.expiresInS - 60),
  };
}

/** WeChat does not publish whether such a set moves from the other provider or is offered no more. */
function exclusiveWarning(sets: readonly PermissionSet[]): Bilingual[] {
  if (sets.length === 0) return [];
  const zh = sets.map(({ id, name }) => `${name.zh}（${id}）`).join('、');
  const en = sets.map(({ id, name }) => `${name.en} (${id})`).join(', ');
  return [
    {
      zh: `注意：以下权限集同一时间只能授权给一个服务商：${zh}。若现由其他服务商持有，继续授权后原服务商可能不再能为您提供相应服务；也可能需先在公众平台取消对其授权。`,
      en: `Mind: one provider at a time can hold ${en}. If another one has it now, it may no longer be able to serve you after this, or you may first have to end its authorization on WeChat’s platform.`,
    },
  ];
}

export function arrivedPage(arrival: Arrival): Page {
  return {
    title: { zh: '授权成功', en: 'Authorized' },
    tone: 'good',
    brand: arrival.brand,
    paragraphs: [{ zh: '授权已生效。您可以关闭本页面。', en: 'The authorization is in force. You can close this page.' }],
    facts: [
      ...(arrival.nickName ? ([[{ zh: '账号', en: 'Account' }, arrival.nickName]] as const) : []),
      [{ zh: 'AppID', en: 'AppID' }, arrival.authorizerAppid],
    ],
  };
}

const CLOSED: Record<Exclude<LinkState, 'open'>, { title: Bilingual; text: Bilingual }> = {
  unknown: {
    title: { zh: '链接不存在', en: 'No such link' },
    text: { zh: '请检查链接是否完整。', en: 'Check that the link is complete.' },
  },
  revoked: {
    title: { zh: '链接已失效', en: 'This link was withdrawn' },
    text: { zh: '链接已被撤销，请联系服务商获取新链接。', en: 'Ask whoever gave it to you for a new one.' },
  },
  expired: {
    title: { zh: '链接已过期', en: 'This link has expired' },
    text: { zh: '请联系服务商获取新链接。', en: 'Ask whoever gave it to you for a new one.' },
  },
  used: {
    title: { zh: '链接已被使用', en: 'This link has been used' },
    text: {
      zh: '授权已完成。如需授权其他账号，请向服务商索取新链接。',
      en: 'The authorization is done; for another account ask for a new link.',
    },
  },
};

export function closedPage(state: LinkState): Page {
  const { title, text } = CLOSED[state === 'open' ? 'unknown' : state];
  return { title, tone: 'bad', paragraphs: [text] };
}

export function cancelledPage(linkId: string | undefined): Page {
  return {
    title: { zh: '未完成授权', en: 'Not authorized' },
    tone: 'bad',
    paragraphs: [
      { zh: '未收到微信的授权结果，您可能已取消授权操作。', en: 'WeChat sent no authorization; it was probably cancelled.' },
    ],
    ...again(linkId),
  };
}

const NO_ARRIVAL: Record<Exclude<NoArrival, LinkState>, { title: Bilingual; text: Bilingual; again?: true }> = {
  'unknown-visit': {
    title: { zh: '页面已失效', en: 'This page is no longer valid' },
    text: {
      zh: '请重新打开授权链接。若微信中已显示授权成功，则无需再次操作。',
      en: 'Open the authorization link again. If WeChat said that you authorized, nothing more is needed.',
    },
  },
  'used-code': {
    title: { zh: '授权码已使用', en: 'This authorization was used before' },
    text: {
      zh: '请重新打开授权链接。若微信中已显示授权成功，则无需再次操作。',
      en: 'Open the authorization link again. If WeChat said that you authorized, nothing more is needed.',
    },
    again: true,
  },
  'other-account': {
    title: { zh: '授权的账号不符', en: 'Not the account this link is for' },
    text: {
      zh: '此链接只用于指定的账号，请重新打开并选择该账号。误授权的账号可在微信公众平台取消授权。',
      en: 'This link is for one certain account: open it again and pick that one. An authorization by mistake can be ended on WeChat’s own platform.',
    },
    again: true,
  },
  'other-browser': {
    title: { zh: '授权已生效，但不在同一浏览器', en: 'Authorized, but in another browser' },
    text: {
      zh: '请回到打开授权链接的浏览器，在提供链接的页面查看授权结果；或在当前浏览器中重新打开授权链接（需允许 Cookie）。',
      en: 'Go back to the browser in which the authorization link was opened; the page that gave you the link has the result. Or open the link again in this browser, which has to keep cookies.',
    },
    again: true,
  },
  ended: {
    title: { zh: '授权已取消', en: 'The authorization was ended' },
    text: {
      zh: '该账号已在微信公众平台取消授权；如需继续，请索取新的链接重新授权。',
      en: 'The account has ended its authorization on WeChat’s platform; to go on, ask for a new link and authorize again.',
    },
  },
  returned: {
    title: { zh: '授权结果已返回', en: 'The result was handed over before' },
    text: {
      zh: '请回到提供链接的页面查看授权结果。',
      en: 'Go back to the page that gave you the link; it has the result.',
    },
  },
};

/** Why it ends here, and what to do. */
export function noArrivalPage(why: NoArrival, linkId: string | undefined): Page {
  if (why === 'revoked' || why === 'expired' || why === 'used') return closedPage(why);
  const { title, text, again: openAgain } = NO_ARRIVAL[why];
  return { title, tone: 'bad', paragraphs: [text], ...(openAgain ? again(linkId) : {}) };
}

export function tooManyPage(): Page {
  return {
    title: { zh: '访问过于频繁', en: 'Too many visits' },
    tone: 'bad',
    paragraphs: [{ zh: '请一分钟后重试。', en: 'Open this link again in a minute.' }],
  };
}

/** What WeChat said, what a person can do, and what support needs to find it. */
export function failedPage(error: unknown, requestId: string, linkId: string | undefined): Page {
  const told = explain(error);
  return {
    title: { zh: '授权未能完成', en: 'The authorization could not be completed' },
    tone: 'bad',
    // A remedy may be the operator's, and a merchant reads it: whom to turn to is said in any case.
    paragraphs: told.remedy === LATER ? [LATER] : [told.remedy, LATER],
    facts: [
      ...(told.errcode === undefined ? [] : ([[{ zh: '微信错误码', en: 'WeChat code' }, String(told.errcode)]] as const)),
      ...(told.rid ? ([[{ zh: '微信 rid', en: 'WeChat rid' }, told.rid]] as const) : []),
      [{ zh: '请求编号', en: 'Request' }, requestId],
    ],
    ...again(linkId),
  };
}

function explain(error: unknown): { remedy: Bilingual; errcode?: number | undefined; rid?: string | undefined } {
  if (error instanceof WechatApiError) return { remedy: error.remedy, errcode: error.errcode, rid: error.rid };
  if (error instanceof DomainError) {
    const { remedy, wechat } = error.extras;
    return {
      remedy: typeof remedy === 'object' ? remedy : LATER,
      errcode: wechat?.errcode,
      rid: wechat?.rid,
    };
  }
  return { remedy: LATER };
}

const LATER: Bilingual = {
  zh: '请稍后重试；若多次失败，请将请求编号发给服务商。',
  en: 'Try again later; if it keeps failing, give the request number to whoever sent you the link.',
};

function again(linkId: string | undefined): Pick<Page, 'link'> {
  return linkId ? { link: { id: 'again', href: `/authorize/${linkId}`, label: AGAIN } } : {};
}
