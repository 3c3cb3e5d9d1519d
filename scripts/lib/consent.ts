/*
 * A merchant's browser, as far as the consent needs one: pages are fetched, links followed with a referrer, forms sent.
 * It is enough for our own launch page and the sandbox's consent page, which are plain HTML.
 */

export interface Page {
  readonly url: string;
  readonly status: number;
  readonly html: string;
  /** Where a redirect leads. */
  readonly location: string | undefined;
}

/** Opens a page; redirects are not followed, so that each hop can be told. */
export async function open(url: string, referrer?: string, form?: URLSearchParams): Promise<Page> {
  const response = await fetch(url, {
    method: form ? 'POST' : 'GET',
    // fetch() leaves out a Referer of its own; WeChat insists on one from the authorization domain.
    headers: { accept: 'text/html', ...(referrer ? { referer: referrer } : {}) },
    ...(form ? { body: form } : {}),
    redirect: 'manual',
    signal: AbortSignal.timeout(20_000),
  });
  const location = response.headers.get('location');
  return {
    url,
    status: response.status,
    html: await response.text(),
    location: location ? new URL(location, url).href : undefined,
  };
}

/** The first link of the page that leads to this path. */
export function findLink(page: Page, path: string): string | undefined {
  for (const [, href] of page.html.matchAll(/\bhref="([^"]*)"/g)) {
    const url = new URL(unescapeHtml(href as string), page.url);
    if (url.pathname === path) return url.href;
  }
  return undefined;
}

export interface Choice {
  /** Value of the radio button that is picked. */
  readonly radio: string;
  /** The submit button's id. */
  readonly button: string;
}

/**
 * Fills in the page's form as a person would: the named radio button, every checkbox ticked, the button.
 * @returns the address and the fields to send.
 */
export function fillForm(page: Page, { radio, button }: Choice): { action: string; method: string; fields: URLSearchParams } {
  const form = [...page.html.matchAll(/<form\b([^>]*)>([\s\S]*?)<\/form>/g)].find(([, , body]) =>
    body?.includes(`id="${button}"`),
  );
  if (!form) throw new Error(`the page has no form with a button #${button}: ${textOf(page.html).slice(0, 200)}`);
  const [, head, body] = form as unknown as [string, string, string];
  const fields = new URLSearchParams();
  for (const [tag] of body.matchAll(/<(?:input|button)\b[^>]*>/g)) {
    const name = attribute(tag, 'name');
    if (name === undefined) continue;
    const type = attribute(tag, 'type') ?? (tag.startsWith('<button') ? 'submit' : 'text');
    const value = attribute(tag, 'value') ?? (type === 'checkbox' ? 'on' : '');
    if (type === 'radio' && value !== radio) continue;
    if ((type === 'submit' || tag.startsWith('<button')) && attribute(tag, 'id') !== button) continue;
    fields.append(name, value);
  }
  const action = new URL(unescapeHtml(attribute(head, 'action') ?? ''), page.url).href;
  return { action, method: (attribute(head, 'method') ?? 'get').toLowerCase(), fields };
}

/** The words of a page. */
export function textOf(html: string): string {
  const body = html.replace(/<(script|style|head)\b[\s\S]*?<\/\1>/g, ' ').replace(/<[^>]+>/g, ' ');
  return unescapeHtml(body).replace(/\s+/g, ' ').trim();
}

function attribute(tag: string, name: string): string | undefined {
  const value = new RegExp(`\\s${name}="([^"]*)"`).exec(` ${tag}`)?.[1];
  return value === undefined ? undefined : unescapeHtml(value);
}

function unescapeHtml(text: string): string {
  const named: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', nbsp: ' ', apos: "'" };
  return text.replace(/&(?:#x([0-9a-f]+)|#(\d+)|([a-z]+));/gi, (whole, hex?: string, decimal?: string, name?: string) => {
    if (name) return named[name.toLowerCase()] ?? whole;
    return String.fromCodePoint(hex ? Number.parseInt(hex, 16) : Number(decimal));
  });
}
