import { DomainError } from '#service';

const REMEDY = {
  en: 'Leave it as it is; or, if the older version is wanted, say so with allow_older: true.',
  zh: '请保持现状；如确需回到较旧的版本，请设置 allow_older: true。',
};

/** It would put an older version into the place of a newer one, and nobody asked for that. Nothing was sent. */
export class OlderVersion extends DomainError {
  constructor(detail: string) {
    super('conflict', detail, { remedy: REMEDY });
  }
}

export const OLDER_REMEDY = REMEDY;
