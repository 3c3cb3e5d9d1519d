// Tokens of the wxplane broker for node-easywechat: kept as long as the broker allows, never refreshed by the SDK itself.

/** WeChat's words for "this token is not valid (any more)". */
const REFUSED = new Set([40001, 40014, 42001, 42006]);

export class BrokerAccessToken {
  #token;
  #until = 0;
  #asking;

  /** @param {{brokerUrl: string, clientKey: string, component: string, authorizer?: string}} settings without authorizer: the component's */
  constructor({ brokerUrl, clientKey, component, authorizer }) {
    const account = authorizer ? `/authorizers/${authorizer}` : '';
    this.url = `${brokerUrl}/v1/components/${component}${account}/token`;
    this.headers = { authorization: `Bearer ${clientKey}` };
  }

  /** What the SDK asks before every request. */
  async getToken() {
    if (this.#token && performance.now() < this.#until) return this.#token;
    // One question at a time, however many calls wait for it.
    this.#asking ??= this.#ask(this.url).finally(() => {
      this.#asking = undefined;
    });
    return this.#asking;
  }

  async toQuery() {
    return { access_token: await this.getToken() };
  }

  /** WeChat refused this token. Answers the one to use from now on: the same one if it is good. */
  async reportInvalid(refused) {
    // Otherwise somebody else has reported it meanwhile.
    if (this.#token !== refused && performance.now() < this.#until) return this.#token;
    const headers = { 'content-type': 'application/json' };
    return this.#ask(`${this.url}/report-invalid`, { method: 'POST', headers, body: JSON.stringify({ token: refused }) });
  }

  /**
   * Makes a call, and once more with another token if WeChat refused the first.
   * @param {() => Promise<import('node-easywechat').HttpClientResponse>} call
   */
  async call(call) {
    const token = await this.getToken();
    const answer = await call();
    if (!REFUSED.has(errcodeOf(answer))) return answer;
    return (await this.reportInvalid(token)) === token ? answer : call();
  }

  async #ask(url, init = {}) {
    const askedAt = performance.now();
    const signal = AbortSignal.timeout(25_000);
    const response = await fetch(url, { ...init, headers: { ...this.headers, ...init.headers }, signal });
    // The body of an error is application/problem+json: type, detail, and what WeChat said. It holds no secret.
    if (!response.ok) throw new Error(`broker: HTTP ${response.status} ${await response.text()}`);
    const answer = await response.json();
    this.#token = answer.access_token;
    this.#until = askedAt + answer.cache_seconds * 1000;
    return this.#token;
  }
}

/** A picture is no JSON, and no refusal. Who asks for bytes gets a refusal as bytes, too. */
function errcodeOf(answer) {
  if (!String(answer.getHeader('content-type')).includes('json')) return undefined;
  const data = answer.getContent(false);
  return (Buffer.isBuffer(data) ? JSON.parse(data.toString()) : data)?.errcode;
}
