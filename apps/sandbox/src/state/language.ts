import { Html, html } from './html.domain.js';

/** Chinese and English. */
export type Pair = readonly [zh: string, en: string];

/** Of both the style shows one. */
export const both = (zh: string, en: string): Html =>
  html`<span class="zh" lang="zh-CN">${zh}</span><span class="en" lang="en">${en}</span>`;

/** `审核 Audit` in the language that is shown; what has only one form is the same in both. */
export function pair(text: string): Html {
  const [, zh, en] = /^(\P{ASCII}[^A-Za-z+×]*(?:ticket|502)?) (\S.*)$/u.exec(text) ?? [];
  return zh && en ? both(zh, en) : html`${text}`;
}

/** The input is the body's first element, the label stands where the click is expected. */
export const LANGUAGE_SWITCH = {
  input: html`<input type="checkbox" id="lang" aria-label="English" autocomplete="off" />`,
  label: html`<label class="switch" for="lang"><span class="zh" lang="en">English</span><span class="en" lang="zh-CN">中文</span></label>`,
};

export const LANGUAGE_STYLE = new Html(`
.switch { margin-left: auto; font-size: 13px; color: var(--soft); text-decoration: underline; cursor: pointer; white-space: nowrap; }
#lang { position: absolute; opacity: 0; pointer-events: none; }
#lang:checked ~ * .zh, #lang:not(:checked) ~ * .en { display: none; }
#lang:focus-visible ~ header .switch { outline: 2px solid var(--ink); }
`);

/** The browser's language, until somebody has chosen one; kept for all pages. */
export const LANGUAGE_SCRIPT = new Html(`
const lang = document.getElementById('lang');
const title = { zh: document.title, en: document.querySelector('title').dataset.en };
function speak() {
  document.documentElement.lang = lang.checked ? 'en' : 'zh-CN';
  document.title = lang.checked ? title.en : title.zh;
}
lang.checked = (localStorage.getItem('lang') ?? navigator.language.slice(0, 2)) !== 'zh';
lang.addEventListener('change', () => { localStorage.setItem('lang', lang.checked ? 'en' : 'zh'); speak(); });
speak();
`);
