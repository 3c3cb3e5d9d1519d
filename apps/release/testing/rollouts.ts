import { setTimeout as sleep } from 'node:timers/promises';
import type { RolloutPreview, RolloutTargetPage, RolloutTargetView, RolloutView } from '../src/rollouts/rollout-views.dto.js';
import type { Answer, ReleaseWorld } from './release-world.js';

/** Rollouts of a world, as a client sees them. */
export class RolloutsOf {
  constructor(private readonly world: ReleaseWorld) {}

  preview(body: unknown, query = ''): Promise<Answer<RolloutPreview>> {
    return this.world.call<RolloutPreview>(this.world.component(`/rollouts/preview${query}`), body);
  }

  async start(body: Record<string, unknown>): Promise<RolloutView> {
    const answer = await this.preview(body);
    if (answer.status !== 200) throw new Error(`no preview: ${JSON.stringify(answer.body)}`);
    const { hash } = answer.body;
    return this.world.ok<RolloutView>(this.world.component('/rollouts'), { ...body, preview_hash: hash });
  }

  /** Waits for what must come by itself. @throws Error with what was seen last */
  async until(id: number, holds: (rollout: RolloutView) => boolean, timeoutMs = 120_000): Promise<RolloutView> {
    const deadline = Date.now() + timeoutMs;
    for (;;) {
      const rollout = await this.world.ok<RolloutView>(`/v1/rollouts/${id}`);
      if (holds(rollout)) return rollout;
      if (Date.now() > deadline) throw new Error(`still ${JSON.stringify(rollout)} ${JSON.stringify(await this.targets(id))}`);
      await sleep(100);
    }
  }

  async targets(id: number, state = ''): Promise<readonly RolloutTargetView[]> {
    const found: RolloutTargetView[] = [];
    for (let cursor: string | null = ''; cursor !== null; ) {
      const query = `limit=1000${state && `&state=${state}`}${cursor && `&cursor=${cursor}`}`;
      const page: RolloutTargetPage = await this.world.ok<RolloutTargetPage>(`/v1/rollouts/${id}/targets?${query}`);
      found.push(...page.items);
      cursor = page.next_cursor;
    }
    return found;
  }
}
