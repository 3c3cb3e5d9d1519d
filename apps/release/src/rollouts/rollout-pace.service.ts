import { Injectable } from '@nestjs/common';
import { type Caller, DomainError, mayUse } from '#service';
import { whoIs } from '../approvals/who-is.js';
import { type Changeable, isWider } from './limits.domain.js';
import type { ChangePace } from './rollout.dto.js';
import type { Rollout } from './rollout.js';
import { RolloutRepository } from './rollout.repository.js';
import { RolloutService } from './rollout.service.js';
import { RolloutAgreements } from './rollout-agreement.js';

const CHANGEABLE_IN = ['running', 'waiting', 'paused'] as const;

/** Makes a rollout slower or faster while it runs, and changes when it stops itself. */
@Injectable()
export class RolloutPace {
  constructor(
    private readonly found: RolloutService,
    private readonly rollouts: RolloutRepository,
    private readonly agreements: RolloutAgreements,
  ) {}

  /**
   * Slower and stricter goes at once. Faster or more lenient is, where two persons are required, asked for anew: what reviewers approve waits
   * until somebody else has agreed.
   * @throws DomainError `invalid-request` when nothing is changed, `forbidden`, `conflict` when it has ended
   */
  async change(rolloutId: number, { note, ...asked }: ChangePace, client: Caller): Promise<Rollout> {
    const rollout = await this.found.get(rolloutId, client);
    const { options } = rollout;
    const after = JSON.parse(JSON.stringify(asked)) as Changeable;
    const names = (Object.keys(after) as (keyof Changeable)[]).filter((name) => after[name] !== options[name]);
    if (names.length === 0)
      throw new DomainError('invalid-request', 'Nothing would be changed: name what is to be another than it is (see options).');
    const wider = isWider(options, after);
    if (wider && !mayUse(client, 'rollouts.resume'))
      throw new DomainError('forbidden', 'To make it faster or more lenient needs the permission rollouts.resume.');
    const before = Object.fromEntries(names.map((name) => [name, options[name]]));
    const detail = {
      ...(note === undefined ? {} : { note }),
      before,
      after: Object.fromEntries(names.map((name) => [name, after[name]])),
    };
    const merged = { ...options, ...after };
    const anew = wider && this.agreements.needed(rollout);
    const write = anew
      ? await this.agreements.anew({ ...rollout, options: merged, agreedOptions: merged }, client, [])
      : undefined;
    const set = anew ? { options: merged, pace: null, isFrozen: 1 } : { pace: { ...rollout.pace, ...after } };
    const deed = { what: 'pace-changed', actor: whoIs(client), detail } as const;
    const done = await this.rollouts.change(rolloutId, CHANGEABLE_IN, { ...set, nextCheckAt: this.rollouts.now() }, write, deed);
    const now = await this.rollouts.get(rolloutId);
    if (!done)
      throw new DomainError('conflict', `A rollout that is ${now.state} goes no more: it has no pace.`, {
        members: { state: now.state },
      });
    return now;
  }
}
