import { Inject, Injectable } from '@nestjs/common';
import { BINDINGS, type RolloutEntity, SecretBox } from '#persistence';
import { LOGGER, type Logger } from '#service';
import { orWithheld } from '../sealed/withheld.js';
import { fromRow, type Rollout } from './rollout.js';

type Place = Pick<RolloutEntity, 'componentAppid' | 'rolloutId'>;

/** Between a rollout and its row: what it brings is sealed there. */
@Injectable()
export class RolloutTexts {
  constructor(
    private readonly secrets: SecretBox,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  open(row: RolloutEntity): Rollout {
    return orWithheld(
      () => fromRow({ ...row, spec: this.secrets.open(row.spec, bindingOf(row)) }),
      () => fromRow({ ...row, spec: '{}' }),
      ['spec'],
      (err) =>
        this.logger.error({ event: 'secret.unreadable', rollout_id: row.rolloutId, err }, 'What a rollout brings cannot be read'),
    );
  }

  seal(spec: string, place: Place): string {
    return this.secrets.seal(spec, bindingOf(place));
  }
}

const bindingOf = ({ componentAppid, rolloutId }: Place) => BINDINGS.rollout(componentAppid, rolloutId);
