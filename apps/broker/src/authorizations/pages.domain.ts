/** One sentence in the two languages of those who read it. */
export interface Bilingual {
  readonly zh: string;
  readonly en: string;
}

export type Language = keyof Bilingual;

/** Who asks for the authorization, so that a shop's owner knows whom it is given to. */
export interface Brand {
  readonly name?: string | undefined;
  /** The company behind the name. */
  readonly company?: string | undefined;
  /** How to reach it: a telephone number, an address. */
  readonly contact?: string | undefined;
  /** A picture as a `data:` URL: the page loads nothing. */
  readonly logo?: string | undefined;
}

/** The language that a browser asks for first; Chinese unless it prefers English. */
export function languageOf(acceptLanguage: string): Language {
  const wanted = acceptLanguage
    .split(',')
    .map((part) => {
      const [tag = '', ...parameters] = part.trim().toLowerCase().split(';');
      const quality = parameters.map((parameter) => /^\s*q=([\d.]+)$/.exec(parameter)?.[1]).find(Boolean);
      return { tag, quality: quality === undefined ? 1 : Number(quality) };
    })
    .sort((a, b) => b.quality - a.quality)
    .map(({ tag }) => (tag.startsWith('zh') ? 'zh' : tag.startsWith('en') ? 'en' : undefined));
  return wanted.find((language) => language !== undefined) ?? 'zh';
}

export type Browser = 'pc' | 'wechat' | 'mobile';

/** WeChat's browser on a phone gets its own consent page; on a computer WeChat's browser is a computer's. */
export function browserOf(userAgent: string): Browser {
  const phone = /Mobile|Android|iPhone|iPad/i.test(userAgent);
  if (/MicroMessenger/i.test(userAgent) && !/WindowsWechat|MacWechat/i.test(userAgent)) return 'wechat';
  return phone ? 'mobile' : 'pc';
}

export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (char) => `&#${char.charCodeAt(0)};`);
}

const STYLE = `
:root{color-scheme:light dark;--fg:#191919;--muted:#6b6b6b;--bg:#f4f5f6;--card:#fff;--line:#e6e6e6;--accent:#07c160;--button:#067d3f;--bad:#c8372d}
@media(prefers-color-scheme:dark){:root{--fg:#ededed;--muted:#a0a0a0;--bg:#141414;--card:#1f1f1f;--line:#333;--bad:#ff7a70}}
*{box-sizing:border-box}
body{margin:0;min-height:100vh;display:grid;place-items:center;padding:24px 16px;background:var(--bg);color:var(--fg);
font:16px/1.6 -apple-system,"PingFang SC","Microsoft YaHei","Noto Sans CJK SC",system-ui,sans-serif}
main{position:relative;width:100%;max-width:480px;background:var(--card);border:1px solid var(--line);border-radius:12px;padding:28px}
#lang{position:absolute;opacity:0;pointer-events:none}
#lang:checked~main .zh,#lang:not(:checked)~main .en{display:none}
.switch{position:absolute;top:14px;right:16px;padding:4px 8px;border-radius:6px;color:var(--muted);font-size:13px;cursor:pointer;text-decoration:underline}
#lang:focus-visible~main .switch{outline:2px solid var(--fg)}
.brand{display:flex;align-items:center;gap:12px;margin:0 72px 20px 0;min-height:28px;overflow-wrap:anywhere}
.brand img{width:44px;height:44px;border-radius:10px;object-fit:contain}
.brand b{display:block;line-height:1.35}
.brand span{display:block;color:var(--muted);font-size:13px;line-height:1.4}
.mark{display:block;width:52px;height:52px;margin:0 0 12px}
h1{font-size:22px;line-height:1.35;margin:0;overflow-wrap:anywhere}
p{margin:12px 0 0}
ol{margin:12px 0 0;padding-left:22px}
li{margin-top:6px}
dl{margin:18px 0 0;padding:14px 16px;border:1px solid var(--line);border-radius:8px;display:grid;grid-template-columns:auto 1fr;gap:4px 14px;font-size:14px}
dt{color:var(--muted)}dd{margin:0;overflow-wrap:anywhere}
a.go{display:block;margin-top:22px;padding:13px 16px;border-radius:8px;background:var(--button);color:#fff;text-align:center;text-decoration:none;font-weight:600}
a.go:focus-visible{outline:3px solid var(--fg);outline-offset:2px}
figure{margin:20px 0 0;text-align:center}
figure svg{display:block;width:232px;max-width:100%;height:auto;margin:0 auto;background:#fff;border-radius:8px}
figcaption{margin-top:8px;color:var(--muted);font-size:13px}
.bad h1{color:var(--bad)}
small{display:block;margin-top:16px;color:var(--muted);font-size:12px}
@media(max-width:480px){dl{grid-template-columns:1fr;gap:0}dd{margin-bottom:6px}}`;

/** For what has succeeded, and for nothing else. */
const TICK =
  '<svg class="mark" viewBox="0 0 52 52" aria-hidden="true"><circle cx="26" cy="26" r="26" fill="#07c160"/>' +
  '<path d="M15 27l8 8 15-17" fill="none" stroke="#fff" stroke-width="4" stroke-linecap="round" stroke-linejoin="round"/></svg>';

export interface Page {
  readonly title: Bilingual;
  readonly tone?: 'good' | 'bad';
  readonly paragraphs?: readonly Bilingual[];
  readonly steps?: readonly Bilingual[];
  /** Label and value. */
  readonly facts?: readonly (readonly [Bilingual, string])[];
  /** Drawn in place: the page loads nothing. */
  readonly picture?: { readonly svg: string; readonly alt: Bilingual };
  readonly link?: { readonly id: string; readonly href: string; readonly label: Bilingual };
  readonly footnote?: Bilingual;
  readonly brand?: Brand | undefined;
  /** Opens the page again after so many seconds. */
  readonly reloadAfterS?: number;
}

/**
 * A whole page, in one language with the other a click away. Works without scripts; the link in it is a real link, so that the browser
 * sends the referrer WeChat looks for.
 */
export function renderPage(page: Page, nonce: string, language: Language = 'zh'): string {
  const { brand } = page;
  const parts = [
    '<label class="switch" for="lang"><span class="zh" lang="en">English</span><span class="en" lang="zh-CN">中文</span></label>',
    brand?.name || brand?.company ? brandOf(brand) : '',
    page.tone === 'good' ? TICK : '',
    `<h1>${both(page.title)}</h1>`,
    ...(page.paragraphs ?? []).map((text) => `<p>${both(text)}</p>`),
    page.steps ? `<ol>${page.steps.map((step) => `<li>${both(step)}</li>`).join('')}</ol>` : '',
    page.facts?.length
      ? `<dl>${page.facts.map(([label, value]) => `<dt>${both(label)}</dt><dd>${escapeHtml(value)}</dd>`).join('')}</dl>`
      : '',
    page.picture ? `<figure>${page.picture.svg}<figcaption>${both(page.picture.alt)}</figcaption></figure>` : '',
    page.link ? `<a class="go" id="${page.link.id}" href="${escapeHtml(page.link.href)}">${both(page.link.label)}</a>` : '',
    page.footnote ? `<small>${both(page.footnote)}</small>` : '',
    brand?.contact ? `<small>${both({ zh: `联系方式：${brand.contact}`, en: `Contact: ${brand.contact}` })}</small>` : '',
  ];
  return `<!doctype html>
<html lang="${language === 'zh' ? 'zh-CN' : 'en'}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width,initial-scale=1">
<meta name="robots" content="noindex">
${page.reloadAfterS ? `<meta http-equiv="refresh" content="${page.reloadAfterS}">` : ''}
<title>${escapeHtml(page.title[language])}</title>
<style nonce="${nonce}">${STYLE}</style>
</head>
<body${page.tone ? ` class="${page.tone}"` : ''}>
<input type="checkbox" id="lang" aria-label="English"${language === 'en' ? ' checked' : ''} autocomplete="off">
<main>
${parts.filter(Boolean).join('\n')}
</main>
</body>
</html>
`;
}

/** The style shows one of the two. */
const both = ({ zh, en }: Bilingual) =>
  `<span class="zh" lang="zh-CN">${escapeHtml(zh)}</span><span class="en" lang="en">${escapeHtml(en)}</span>`;

const brandOf = ({ name, company, logo }: Brand) =>
  `<div class="brand">${logo ? `<img src="${escapeHtml(logo)}" alt="">` : ''}<div>${name ? `<b>${escapeHtml(name)}</b>` : ''}${
    company && company !== name ? `<span>${escapeHtml(company)}</span>` : ''
  }</div></div>`;
