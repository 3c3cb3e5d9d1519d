import { Inject, Injectable } from '@nestjs/common';
import { BINDINGS, type ReleaseColumn, type ReleaseEntity, SecretBox } from '#persistence';
import { LOGGER, type Logger } from '#service';
import { orWithheld } from '../sealed/withheld.js';
import { fromRow, type Release } from './release.js';

const TEXTS = { extJson: 'ext_json', submitRequest: 'submit_request', secretValues: 'secret_values' } as const satisfies Record<
  string,
  ReleaseColumn
>;
type Texts = Partial<Pick<ReleaseEntity, keyof typeof TEXTS>>;
type Place = Pick<ReleaseEntity, 'componentAppid' | 'authorizerAppid' | 'releaseId'>;

/** A new row's texts: they are sealed for its number, so they come when it has one, in the same transaction. */
export const UNWRITTEN = { extJson: '', submitRequest: null, secretValues: null } as const;

export function textsOf({ extJson = '', submitRequest = null, secretValues = null }: Texts) {
  return { extJson, submitRequest, secretValues };
}

/** Between a release and its row: what people wrote is sealed there, each text for this row and column. */
@Injectable()
export class ReleaseTexts {
  constructor(
    private readonly secrets: SecretBox,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  open(row: ReleaseEntity): Release {
    return orWithheld(
      () => fromRow({ ...row, ...this.each(row, (text, column) => this.secrets.open(text, bindingOf(row, column))) }),
      () => fromRow({ ...row, ...UNWRITTEN }),
      ['extJson', 'submitRequest', 'secretValues'],
      (err) =>
        this.logger.error({ event: 'secret.unreadable', release_id: row.releaseId, err }, 'What a release sends cannot be read'),
    );
  }

  /** The columns with their texts sealed for this release. */
  seal<T extends Texts>(columns: T, place: Place): T {
    return { ...columns, ...this.each(columns, (text, column) => this.secrets.seal(text, bindingOf(place, column))) };
  }

  private each(row: Texts, turn: (text: string, column: ReleaseColumn) => string): Texts {
    const turned: Texts = {};
    for (const name of Object.keys(TEXTS) as (keyof typeof TEXTS)[]) {
      const text = row[name];
      if (text) turned[name] = turn(text, TEXTS[name]);
    }
    return turned;
  }
}

const bindingOf = ({ componentAppid, authorizerAppid, releaseId }: Place, column: ReleaseColumn) =>
  BINDINGS.release(column, componentAppid, authorizerAppid, releaseId);
