import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { ApiSecurityEntity, BINDINGS, changed, SecretBox } from '#persistence';
import type { ApiSecurityKeys } from '#wechat';

/** A merchant, or the component itself. */
export interface SecuredAccount {
  readonly componentAppid: string;
  readonly accountAppid: string;
}

/** `f_wechat_apisecurity`: keys of accounts, sealed, and which accounts demand them. */
@Injectable()
export class ApiSecurityRepository {
  constructor(
    private readonly dataSource: DataSource,
    private readonly box: SecretBox,
  ) {}

  find({ componentAppid, accountAppid }: SecuredAccount): Promise<ApiSecurityEntity | null> {
    return this.rows.findOneBy({ componentAppid, accountAppid });
  }

  async keysOf(account: SecuredAccount): Promise<ApiSecurityKeys | undefined> {
    const row = await this.find(account);
    if (!row?.secretKeys) return undefined;
    return JSON.parse(this.box.open(row.secretKeys, this.bindingOf(account))) as ApiSecurityKeys;
  }

  async set(account: SecuredAccount, keys: ApiSecurityKeys, clientId: string): Promise<void> {
    const numbers = {
      symmetric: keys.symmetric.sn,
      application: keys.application.sn,
      platform: keys.platform.map(({ sn }) => sn),
    };
    const { componentAppid, accountAppid } = account;
    const secretKeys = this.box.seal(JSON.stringify(keys), this.bindingOf(account));
    // What WeChat demanded, it demanded of others.
    const anew = { demandedAt: null, demandedErrcode: null };
    await this.rows.upsert({ componentAppid, accountAppid, secretKeys, numbers, clientId, setAt: new Date(), ...anew }, [
      'componentAppid',
      'accountAppid',
    ]);
  }

  /** @returns false: there were none */
  async forget({ componentAppid, accountAppid }: SecuredAccount): Promise<boolean> {
    return changed(
      await this.dataSource.query(
        'DELETE FROM f_wechat_apisecurity WHERE component_appid = ? AND account_appid = ? AND secret_keys IS NOT NULL',
        [componentAppid, accountAppid],
      ),
    );
  }

  async demanded({ componentAppid, accountAppid }: SecuredAccount, errcode: number): Promise<void> {
    await this.dataSource.query(
      `INSERT INTO f_wechat_apisecurity (component_appid, account_appid, demanded_at, demanded_errcode) VALUES (?, ?, UTC_TIMESTAMP(3), ?)
       ON DUPLICATE KEY UPDATE demanded_at = UTC_TIMESTAMP(3), demanded_errcode = VALUES(demanded_errcode)`,
      [componentAppid, accountAppid, errcode],
    );
  }

  /** In the order of their appids; one more than the page may have. */
  list(
    componentAppid: string,
    query: { readonly after?: string | undefined; readonly limit: number },
    among: ReadonlySet<string> | undefined,
  ): Promise<ApiSecurityEntity[]> {
    const search = this.rows
      .createQueryBuilder('s')
      .where('s.componentAppid = :componentAppid', { componentAppid })
      .orderBy('s.accountAppid', 'ASC')
      .take(query.limit + 1);
    if (query.after !== undefined) search.andWhere('s.accountAppid > :after', { after: query.after });
    if (among) search.andWhere('s.accountAppid IN (:...among)', { among: ['', ...among] });
    return search.getMany();
  }

  private readonly bindingOf = ({ componentAppid, accountAppid }: SecuredAccount) =>
    BINDINGS.apiSecurity(componentAppid, accountAppid);

  private get rows() {
    return this.dataSource.getRepository(ApiSecurityEntity);
  }
}
