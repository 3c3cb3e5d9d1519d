import { setTimeout as sleep } from 'node:timers/promises';
import { fillForm, findLink, open } from '../../scripts/lib/consent.ts';
import { eventually } from '../support/eventually.ts';
import type { SoakOptions } from './options.ts';
import { TokenLedger } from './tokens.ts';
import type { World } from './world.ts';

/** Mini programs that stay; rollouts take turns on the two halves. */
const STEADY = 12;
/** Merchants that authorize, cancel, and authorize again. */
const COMING_AND_GOING = 8;

const appid = (group: string, index: number) => `wx${group}${index.toString(16).padStart(16 - group.length, '0')}`;

/** Everything that happens to the suite from outside while it runs. */
export class Load {
  readonly tokens: TokenLedger;
  readonly steady = Array.from({ length: STEADY }, (_, index) => appid('57ead', index));
  readonly restless = Array.from({ length: COMING_AND_GOING }, (_, index) => appid('90e5', index));
  sent = 0;
  authorizations = 0;
  cancellations = 0;
  consents = 0;
  tokensKilled = 0;
  readonly #world: World;
  readonly #options: Pick<SoakOptions, 'pushesPerS' | 'readsPerS'>;
  #running = true;

  constructor(world: World, options: Pick<SoakOptions, 'pushesPerS' | 'readsPerS'>) {
    this.#world = world;
    this.#options = options;
    this.tokens = new TokenLedger(world);
  }

  /** Everybody authorizes, and the profiles are known, before anything goes wrong. */
  async prepare(): Promise<void> {
    const { control } = this.#world;
    await control.post(`/components/${this.#world.component}/ticket`);
    await eventually(
      'a component token',
      async () => (await this.#world.api('broker', 'GET', this.#world.path('/token'))).status === 200,
    );
    await Promise.all(
      [...this.steady, ...this.restless].map(async (name, index) => {
        await control.post('/merchants', {
          appid: name,
          kind: index < STEADY || index % 2 === 0 ? 'miniprogram' : 'mp',
          nick_name: `店 ${index} 🌺`,
          user_name: `gh_${name.slice(2)}`,
        });
        await this.authorize(name);
      }),
    );
  }

  /** @returns when `stop` was called and everything begun is over. */
  async run(): Promise<void> {
    const { pushesPerS, readsPerS } = this.#options;
    const readers = Math.max(4, Math.round(readsPerS / 5));
    await Promise.all([
      this.#repeat(1_000 / pushesPerS, () => this.#message(), 20),
      this.#repeat(2_500, () => this.#ticket(), 1),
      ...this.restless.map((name, index) => this.#comeAndGo(name, index)),
      this.#repeat(4_000, () => this.#update(), 1),
      this.#repeat(9_000, () => this.#consent(), 1),
      this.#repeat(11_000, () => this.#killToken(), 1),
      ...Array.from({ length: readers }, () => this.#repeat((readers * 1_000) / readsPerS, () => this.#read(), 1)),
    ]);
  }

  stop(): void {
    this.#running = false;
  }

  /** A merchant authorizes, or authorizes anew. */
  async authorize(name: string): Promise<void> {
    this.authorizations += 1;
    await this.#world.control.post('/authorizations', {
      component_appid: this.#world.component,
      merchant_appid: name,
      always_push: true,
    });
  }

  /** Runs `work` again and again, `everyMs` apart, at most `parallel` at once; what fails is WeChat's and the network's business. */
  async #repeat(everyMs: number, work: () => Promise<unknown>, parallel: number): Promise<void> {
    const open = new Set<Promise<unknown>>();
    while (this.#running) {
      const begun = Date.now();
      if (open.size < parallel) {
        const one: Promise<unknown> = work()
          .catch(() => {})
          .finally(() => open.delete(one));
        open.add(one);
      }
      if (parallel === 1) await Promise.all(open);
      await this.#pause(Math.max(1, everyMs * (0.5 + Math.random()) - (Date.now() - begun)));
    }
    await Promise.all(open);
  }

  async #pause(ms: number): Promise<void> {
    for (let left = ms; left > 0 && this.#running; left -= 500) await sleep(Math.min(500, left));
  }

  /** Texts and events of users. */
  async #message(): Promise<void> {
    this.sent += 1;
    const to = pick(this.steady);
    const body = Math.random() < 0.8 ? { content: `message ${this.sent} 🌺` } : { event: pick(['subscribe', 'CLICK', 'VIEW']) };
    await this.#world.control.post(`/merchants/${to}/messages`, body);
  }

  async #ticket(): Promise<void> {
    this.sent += 1;
    await this.#world.control.post(`/components/${this.#world.component}/ticket`);
  }

  /** A steady merchant authorizes anew: `updateauthorized`, new tokens. */
  async #update(): Promise<void> {
    this.sent += 1;
    await this.authorize(pick(this.steady));
  }

  /** WeChat orders by seconds: two events of one merchant within one second have no order. */
  async #comeAndGo(name: string, index: number): Promise<void> {
    await this.#pause(index * 700);
    await this.#repeat(
      9_000,
      async () => {
        this.sent += 1;
        this.cancellations += 1;
        await this.#world.control.post('/authorizations/cancel', {
          component_appid: this.#world.component,
          merchant_appid: name,
        });
        await this.#pause(2_500 + Math.random() * 3_000);
        this.sent += 1;
        // Also when it is to stop: at the end everybody is authorized.
        await this.authorize(name);
      },
      1,
    );
  }

  /** A merchant goes through our page and WeChat's: callback and push race for one code. */
  async #consent(): Promise<void> {
    const link = await this.#world.api<{ url: string }>('broker', 'POST', this.#world.path('/authorization-links'), {
      auth_type: 3,
    });
    if (link.status !== 201) return;
    const launch = await open(link.body.url);
    const target = findLink(launch, '/cgi-bin/componentloginpage');
    if (!target) return;
    const page = await open(target, link.body.url);
    const { action, method, fields } = fillForm(page, { radio: pick(this.steady), button: 'authorize' });
    let hop = method === 'post' ? await open(action, target, fields) : await open(`${action.split('?')[0]}?${fields}`, target);
    for (let count = 0; count < 4 && hop.location; count += 1) hop = await open(hop.location, page.url);
    this.consents += 1;
  }

  /** A token ends before its time, as when WeChat's staff or another system ends it. */
  async #killToken(): Promise<void> {
    await this.#world.control.post('/tokens/expire', {
      component_appid: this.#world.component,
      ...(Math.random() < 0.8 ? { authorizer_appid: pick(this.steady) } : {}),
      how: Math.random() < 0.5 ? 'kill' : 'expire',
    });
    this.tokensKilled += 1;
  }

  async #read(): Promise<void> {
    const chance = Math.random();
    const who = chance < 0.1 ? '' : chance < 0.8 ? pick(this.steady) : pick(this.restless);
    await this.tokens.read(who, Math.random() < 0.25);
  }
}

const pick = <T>(from: readonly T[]): T => from[Math.floor(Math.random() * from.length)] as T;
