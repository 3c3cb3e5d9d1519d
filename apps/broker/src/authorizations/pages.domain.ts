/** One sentence in the two languages of those who read it. */
export interface Bilingual {
  readonly zh: string;
  readonly en: string;
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
:root{color-scheme:light dark;--fg:#191919;--muted:#6b6b6b;--bg:#f4f5f6;--card:#fff;--line:#e6e6e6;--accent:#07c160;--bad:#c8372d}
@media(prefers-color-scheme:dark){:root{--fg:#ededed;--muted:#a0a0a0;--bg:#141414;--card:#1f1f1f;--line:#333;--bad:#ff7a70}}
*{box-sizing:border-box}
body{margin:0;min-height:100vh;display:grid;place-items:center;padding:24px 16px;background:var(--bg);color:var(--fg);
font:16px/1.6 -apple-system,"PingFang SC","Microsoft YaHei","Noto Sans CJK SC",system-ui,sans-serif}
main{width:100%;max-width:480px;background:var(--card);border:1px solid var(--line);border-radius:12px;padding:32px 28px}
h1{font-size:22px;line-height:1.35;margin:0 0 4px}
.en{color:var(--muted);font-size:14px;font-family:-apple-system,"Segoe UI",Roboto,"Noto Sans",Helvetica,Arial,sans-serif}
p{margin:14px 0 0}
ol{margin:14px 0 0;padding-left:22px}
li{margin-top:8px}
dl{margin:18px 0 0;padding:14px 16px;border:1px solid var(--line);border-radius:8px;display:grid;grid-template-columns:auto 1fr;gap:4px 14px;font-size:14px}
dt{color:var(--muted)}dd{margin:0;overflow-wrap:anywhere}
a.go{display:block;margin-top:24px;padding:13px 16px;border-radius:8px;background:var(--accent);color:#fff;text-align:center;text-decoration:none;font-weight:600}
a.go .en{display:block;color:inherit;font-size:13px;font-weight:500}
a.go:focus-visible{outline:3px solid var(--fg);outline-offset:2px}
.bad h1{color:var(--bad)}
small{display:block;margin-top:18px;color:var(--muted);font-size:12px}
small .en{font-size:12px}
@media(max-width:480px){dl{grid-template-columns:1fr;gap:0}dd{margin-bottom:6px}}`;

export interface Page {
  readonly title: Bilingual;
  readonly tone?: 'bad';
  readonly paragraphs?: readonly Bilingual[];
  readonly steps?: readonly Bilingual[];
  /** Label and value. */
  readonly facts?: readonly (readonly [Bilingual, string])[];
  readonly link?: { readonly id: string; readonly href: string; readonly label: Bilingual };
  readonly footnote?: Bilingual;
  /** Opens the page again after so many seconds. */
  readonly reloadAfterS?: number;
}

/** A whole page. Works without scripts; the link in it is a real link, so that the browser sends the referrer WeChat looks for. */
export function renderPage(page: Page, nonce: string): string {
  const both = (text: Bilingual) => `${escapeHtml(text.zh)}<br><span class="en" lang="en">${escapeHtml(text.en)}</span>`;
  const parts = [
    `<h1>${escapeHtml(page.title.zh)}</h1><span class="en" lang="en">${escapeHtml(page.title.en)}</span>`,
    ...(page.paragraphs ?? []).map((text) => `<p>${both(text)}</p>`),
    page.steps ? `<ol>${page.steps.map((step) => `<li>${both(step)}</li>`).join('')}</ol>` : '',
    page.facts?.length
      ? `<dl>${page.facts.map(([label, value]) => `<dt>${escapeHtml(label.zh)} · ${escapeHtml(label.en)}</dt><dd>${escapeHtml(value)}</dd>`).join('')}</dl>`
      : '',
    page.link
      ? `<a class="go" id="${page.link.id}" href="${escapeHtml(page.link.href)}">${escapeHtml(page.link.label.zh)}<span class="en" lang="en">${escapeHtml(page.link.label.en)}</span></a>`
      : '',
    page.footnote ? `<small>${both(page.footnote)}</small>` : '',
  ];
  return `<!doctype html>
<html lang="zh-CN">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width,initial-scale=1">
<meta name="robots" content="noindex">
${page.reloadAfterS ? `<meta http-equiv="refresh" content="${page.reloadAfterS}">` : ''}
<title>${escapeHtml(page.title.zh)} · ${escapeHtml(page.title.en)}</title>
<style nonce="${nonce}">${STYLE}</style>
</head>
<body${page.tone ? ` class="${page.tone}"` : ''}>
<main>
${parts.filter(Boolean).join('\n')}
</main>
</body>
</html>
`;
}
