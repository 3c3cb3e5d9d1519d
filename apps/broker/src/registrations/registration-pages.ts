import type { Bilingual, Brand, Browser, Page } from '../authorizations/pages.domain.js';
import { qrCodeSvg } from './qr-code.js';
import type { RegistrationState } from './registration.domain.js';
import { labelOf, type RegistrationRequest, type RegistrationWay, WAYS, whoActs } from './ways.domain.js';

/** What a page shows of a registration. */
export interface Shown {
  readonly way: RegistrationWay;
  readonly state: RegistrationState;
  readonly step: number;
  readonly request: RegistrationRequest;
  readonly brand: Brand;
  /** Where the person acts. */
  readonly url: string | undefined;
  readonly expiresAt: Date | null;
  readonly appid: string | null;
  /** What WeChat refused, in words for people. */
  readonly remedy: Bilingual | undefined;
  readonly errcode: number | null;
}

/** A page that waits for a person or for WeChat looks again by itself. */
const RELOAD_S = 60;
const SOON_S = 5;

const LABEL: Bilingual = { zh: '注册对象', en: 'For' };

/** In Beijing's time, whose the merchants are. */
const timeOf = (at: Date): string =>
  `${new Date(at.getTime() + 8 * 3_600_000).toISOString().slice(0, 16).replace('T', ' ')} (UTC+8)`;

export function registrationPage(shown: Shown, browser: Browser): Page {
  const { way, state, brand, request } = shown;
  const common = { brand, facts: [[LABEL, labelOf(way, request)]] as [Bilingual, string][] };
  switch (state) {
    case 'waiting':
      return waitingPage(shown, browser, common);
    case 'done':
      return {
        ...common,
        title: { zh: '小程序已就绪', en: 'The mini program is ready' },
        tone: 'good',
        paragraphs: [
          {
            zh: '注册已完成，服务商将继续后续设置。您可以关闭本页面。',
            en: 'It is registered; the service provider goes on from here. You can close this page.',
          },
        ],
        facts: [
          ...common.facts,
          ...(shown.appid ? ([[{ zh: 'AppID', en: 'AppID' }, shown.appid]] as [Bilingual, string][]) : []),
        ],
      };
    case 'failed':
    case 'expired':
      return endedPage(shown, common);
    default:
      return {
        ...common,
        title: { zh: '正在处理', en: 'Under way' },
        paragraphs: [
          state === 'preparing'
            ? { zh: '正在向微信提交注册，本页会自动刷新。', en: 'WeChat is being asked to begin; this page renews itself.' }
            : {
                zh: '您已确认，微信正在创建小程序，本页会自动刷新。',
                en: 'You have agreed, and WeChat makes the mini program; this page renews itself.',
              },
        ],
        reloadAfterS: state === 'preparing' ? SOON_S * 2 : SOON_S,
      };
  }
}

function waitingPage(shown: Shown, browser: Browser, common: Pick<Page, 'brand' | 'facts'>): Page {
  const { way, step, url, expiresAt } = shown;
  const who = whoActs(way, step);
  const until: [Bilingual, string][] = expiresAt ? [[{ zh: '请在此前完成', en: 'To be done by' }, timeOf(expiresAt)]] : [];
  const page: Page = {
    ...common,
    title: WAYS[way].title,
    facts: [...(common.facts ?? []), ...until],
    paragraphs: [
      { zh: `请由${who.zh}本人操作。`, en: `To be done by ${who.en}.` },
      ...(url === undefined
        ? [
            {
              zh: '微信没有给出操作链接：如在微信中收到通知，请按提示确认；否则请联系服务商。',
              en: 'WeChat gave no address for this: follow its message if one came; otherwise ask the service provider.',
            },
          ]
        : []),
    ],
    footnote: {
      zh: '本页会自动刷新。请勿将本页链接转发给无关人员。',
      en: 'This page renews itself. Do not pass its address on to others.',
    },
    reloadAfterS: RELOAD_S,
  };
  if (url === undefined) return page;
  const go = { id: 'go', href: url, label: { zh: '前往微信办理', en: 'Continue to WeChat' } };
  if (WAYS[way].startsAtPage)
    return {
      ...page,
      steps: [
        { zh: '请在电脑上点击下方按钮，打开微信页面。', en: 'Click the button, on a computer, to reach WeChat’s page.' },
        { zh: '请管理员用微信扫描页面上的二维码。', en: 'Scan its QR code with the administrator’s WeChat.' },
        { zh: '在手机上核对并确认。', en: 'Check and agree on the phone.' },
      ],
      link: go,
    };
  if (browser === 'wechat') return { ...page, steps: stepsOf(way), link: go };
  return {
    ...page,
    steps: [{ zh: '打开微信，扫描下方二维码。', en: 'Scan this QR code with WeChat.' }, ...stepsOf(way).slice(1)],
    picture: {
      svg: qrCodeSvg(url),
      alt:
        browser === 'mobile'
          ? {
              zh: '请用另一部手机的微信扫码，或复制本页链接在微信中打开',
              en: 'Scan it with another phone, or open this page inside WeChat',
            }
          : { zh: '微信扫码', en: 'To be scanned with WeChat' },
    },
  };
}

function stepsOf(way: RegistrationWay): Bilingual[] {
  const open = { zh: '点击下方按钮。', en: 'Tap the button.' };
  if (way === 'trial') return [open, { zh: '核对名称并确认创建。', en: 'Check the name and agree.' }];
  if (way === 'trial-to-account') return [open, { zh: '核对并确认。', en: 'Check and agree.' }];
  return [
    open,
    { zh: '核对主体信息并同意。', en: 'Check the data and agree.' },
    { zh: '完成人脸核身。', en: 'Pass the face check.' },
    { zh: '填写手机号与验证码。', en: 'Give a phone number, and the code that is sent to it.' },
  ];
}

function endedPage(shown: Shown, common: Pick<Page, 'brand' | 'facts'>): Page {
  const expired = shown.state === 'expired';
  return {
    ...common,
    title: expired ? { zh: '已超过办理时间', en: 'The time is over' } : { zh: '注册未成功', en: 'Not registered' },
    tone: 'bad',
    facts: [
      ...(common.facts ?? []),
      ...(shown.errcode === null
        ? []
        : ([[{ zh: '微信错误码', en: 'WeChat code' }, String(shown.errcode)]] as [Bilingual, string][])),
    ],
    paragraphs: [
      ...(shown.remedy ? [shown.remedy] : []),
      {
        zh: '请联系服务商重新发起；重新发起后，本页链接继续有效。',
        en: 'Ask the service provider to begin it anew; this address then works again.',
      },
    ],
  };
}

export function unknownPage(): Page {
  return {
    title: { zh: '链接不存在', en: 'No such link' },
    tone: 'bad',
    paragraphs: [{ zh: '请检查链接是否完整。', en: 'Check that the link is complete.' }],
  };
}

/** The administrator came back without having agreed. */
export function notAgreedPage(registrationId: string): Page {
  return {
    title: { zh: '尚未确认', en: 'Not agreed yet' },
    tone: 'bad',
    paragraphs: [{ zh: '未收到微信的确认结果，您可能已取消操作。', en: 'WeChat sent no consent; it was probably cancelled.' }],
    link: { id: 'again', href: `/register/${registrationId}`, label: { zh: '重新打开', en: 'Open the page again' } },
  };
}

/** What went wrong is the service provider's matter; the number leads to it. */
export function brokenPage(requestId: string): Page {
  return {
    title: { zh: '暂时无法显示', en: 'This page cannot be shown now' },
    tone: 'bad',
    paragraphs: [
      {
        zh: '请稍后重试；若多次失败，请将请求编号发给服务商。',
        en: 'Try again later; if it keeps failing, give the request number to the service provider.',
      },
    ],
    facts: [[{ zh: '请求编号', en: 'Request' }, requestId]],
  };
}
