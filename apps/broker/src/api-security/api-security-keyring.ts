import { Inject, Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { LOGGER, type Logger } from '#service';
import type { ApiSecurity, ApiSecurityKeys, CallContext } from '#wechat';
import { ApiSecurityRepository, type SecuredAccount } from './api-security.repository.js';

/** So long another replica may still use keys that were changed. */
const BELIEVED_MS = 10_000;
/** What WeChat demands again and again is written down once in a while. */
const NOTED_MS = 60_000;

interface Known {
  readonly keys: ApiSecurityKeys | undefined;
}

/** The keys with which calls are signed and encrypted, of each account that has some. */
@Injectable()
export class ApiSecurityKeyring implements ApiSecurity {
  private readonly known = new LRUCache<string, Known>({ max: 5_000, ttl: BELIEVED_MS });
  private readonly noted = new LRUCache<string, true>({ max: 5_000, ttl: NOTED_MS });

  constructor(
    private readonly rows: ApiSecurityRepository,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  async keysOf(context: CallContext): Promise<ApiSecurityKeys | undefined> {
    const account = accountOf(context);
    if (!account) return undefined;
    const name = nameOf(account);
    const known = this.known.get(name) ?? { keys: await this.rows.keysOf(account) };
    this.known.set(name, known);
    return known.keys;
  }

  demanded(context: CallContext, errcode: number): void {
    const account = accountOf(context);
    if (!account || this.noted.has(nameOf(account))) return;
    this.noted.set(nameOf(account), true);
    const { componentAppid, accountAppid } = account;
    const about = { event: 'api-security.demanded', component: componentAppid, account: accountAppid, errcode };
    this.logger.warn(about, 'WeChat wants calls of an account signed and encrypted, or its keys here are wrong');
    this.rows.demanded(account, errcode).catch((error: unknown) => {
      this.noted.delete(nameOf(account));
      this.logger.warn({ ...about, err: error }, 'That an account demands API security was not written down');
    });
  }

  /** Its keys were changed here. */
  forget(account: SecuredAccount): void {
    this.known.delete(nameOf(account));
    this.noted.delete(nameOf(account));
  }
}

const nameOf = ({ componentAppid, accountAppid }: SecuredAccount): string => `${componentAppid}/${accountAppid}`;

function accountOf({ componentAppid, authorizerAppid }: CallContext): SecuredAccount | undefined {
  if (componentAppid === undefined) return undefined;
  return { componentAppid, accountAppid: authorizerAppid ?? componentAppid };
}
