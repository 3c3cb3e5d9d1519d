import { type Html, html } from './html.domain.js';

/** `审核 Audit` in the language that is shown; what has only one form is the same in both. */
export function pair(text: string): Html {
  const [, zh, en] = /^(\P{ASCII}[^A-Za-z+×]*(?:ticket|502)?) (\S.*)$/u.exec(text) ?? [];
  return zh && en ? html`<span class="zh" lang="zh-CN">${zh}</span><span class="en" lang="en">${en}</span>` : html`${text}`;
}
