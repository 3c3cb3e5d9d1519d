import { html } from '../state/html.domain.js';
import { both, type Pair } from '../state/language.js';
import { page } from './consent.page.js';

/** A page with one question. @param action where the answer is posted */
export const questionPage = (
  title: Pair,
  question: Pair,
  action: string,
  hidden: Readonly<Record<string, string>> = {},
): string =>
  page(
    title,
    'mobile',
    html`<section class="note"><h1 id="question">${both(...question)}</h1></section>
      <form method="post" action="${action}">
        ${Object.entries(hidden).map(([name, value]) => html`<input type="hidden" name="${name}" value="${value}" />`)}
        <div class="buttons">
          <button id="agree" name="decision" value="agree" class="primary">${both('同意', 'Agree')}</button>
          <button id="refuse" name="decision" value="refuse">${both('拒绝', 'Refuse')}</button>
        </div>
      </form>`,
  );

/** Whether the person agreed. @param body the form as it was posted */
export const agreed = (body: string): boolean => new URLSearchParams(body).get('decision') === 'agree';
