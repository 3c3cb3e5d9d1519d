import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { RolloutView as Rollout } from '#openapi/release';
import type { World } from './world.ts';

const ENDED = ['completed', 'aborted'];

/** Rollouts to a group of mini programs, one after the other, as an operator would start them. */
export class RolloutDriver {
  readonly started: number[] = [];
  /** What was answered when none could be started. */
  refused = '';
  readonly #world: World;
  readonly #group: string;
  readonly #appids: readonly string[];
  #running = true;

  constructor(world: World, group: string, appids: readonly string[]) {
    this.#world = world;
    this.#group = group;
    this.#appids = appids;
  }

  stop(): void {
    this.#running = false;
  }

  async run(): Promise<void> {
    for (let number = 1; this.#running; number += 1) {
      const id = await this.#start(`1.${number}.0-${this.#group}`);
      while (id !== undefined && this.#running && !(await this.#ended(id))) await sleep(1_000);
      for (let waited = 0; waited < 3_000 && this.#running; waited += 250) await sleep(250);
    }
  }

  async #start(version: string): Promise<number | undefined> {
    const { template_id } = await this.#world.control.post<{ template_id: number }>(
      `/components/${this.#world.component}/templates`,
      { user_version: version },
    );
    const spec = {
      name: `soak ${version}`,
      targets: { list: this.#appids },
      template_id,
      user_version: version,
      user_desc: 'soak 🍁',
      ext_json: { ext: { shop: '{{appid}}' } },
      options: { per_minute: 10_000, concurrency: 4, max_failures: 1_000, max_failure_share: 1 },
    };
    // One key for all tries: an answer that was lost must not start a second one. But for the one of a replica that was killed meanwhile,
    // which stays taken for minutes: then an operator starts anew, and would be told of a rollout that is there.
    let key = randomUUID();
    let taken = 0;
    let hash: string | undefined;
    // The first one is started in any case: a run without releases proves nothing about them.
    const deadline = Date.now() + 120_000;
    while (this.#running || (this.started.length === 0 && Date.now() < deadline)) {
      if (hash === undefined) {
        const preview = await this.#world.api<{ hash?: string }>('release', 'POST', this.#world.path('/rollouts/preview'), spec);
        hash = preview.body.hash;
        if (hash === undefined) this.refused = `preview ${preview.status}: ${JSON.stringify(preview.body)}`;
      }
      if (hash !== undefined) {
        const body = { ...spec, preview_hash: hash };
        const made = await this.#world.api<Rollout>('release', 'POST', this.#world.path('/rollouts'), body, {
          headers: { 'idempotency-key': key },
        });
        if (made.status === 201) {
          this.started.push(made.body.rollout_id);
          return made.body.rollout_id;
        }
        this.refused = `start ${made.status}: ${JSON.stringify(made.body)}`;
        if (made.status === 409 && JSON.stringify(made.body).includes('idempotency-conflict') && ++taken === 40) {
          key = randomUUID();
          taken = 0;
        }
        if (made.status === 409) hash = undefined;
        else if (made.status >= 400 && made.status < 500 && made.status !== 429)
          throw new Error(`a rollout was refused: ${JSON.stringify(made.body)}`);
      }
      await sleep(500);
    }
    return undefined;
  }

  async #ended(id: number): Promise<boolean> {
    const { body } = await this.#world.api<Rollout>('release', 'GET', `/v1/rollouts/${id}`);
    return ENDED.includes(body.state);
  }
}
