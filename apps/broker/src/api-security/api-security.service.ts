import { createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import type { ApiSecurityEntity } from '#persistence';
import { type Client, ComponentRegistry, Cursors, DomainError, formerlyPlain } from '#service';
import type { ApiSecurityPage, ApiSecuritySearch, ApiSecurityView, SetApiSecurityKeys } from './api-security.dto.js';
import { ApiSecurityRepository, type SecuredAccount } from './api-security.repository.js';
import { ApiSecurityKeyring } from './api-security-keyring.js';

const PAGES = new Cursors('api-security', formerlyPlain);
const KEY_BYTES = 32;

/** Keys of accounts in API security mode (接口签名加密, fleet-duties.md §7): set and deleted here, and never read back. */
@Injectable()
export class ApiSecurityService {
  constructor(
    private readonly rows: ApiSecurityRepository,
    private readonly keyring: ApiSecurityKeyring,
    private readonly components: ComponentRegistry,
  ) {}

  async list(componentAppid: string, query: ApiSecuritySearch, client: Client): Promise<ApiSecurityPage> {
    this.components.require(componentAppid);
    const rows = await this.rows.list(componentAppid, { after: PAGES.after(query), limit: query.limit }, client.authorizers);
    return PAGES.page(rows, query, (row) => row.accountAppid, toView);
  }

  async get(account: SecuredAccount): Promise<ApiSecurityView> {
    this.components.require(account.componentAppid);
    const row = await this.rows.find(account);
    return row ? toView(row) : nothingOf(account.accountAppid);
  }

  /** @throws DomainError `invalid-request` that says which key is none */
  async set(account: SecuredAccount, body: SetApiSecurityKeys, client: Client): Promise<ApiSecurityView> {
    this.components.require(account.componentAppid);
    if (Buffer.from(body.symmetric_key, 'base64').length !== KEY_BYTES)
      throw invalid('symmetric_key must be 32 bytes in base64: only AES256_GCM is spoken here, SM4_GCM is not');
    requireRsa('application_private_key', () => createPrivateKey(body.application_private_key));
    for (const { certificate } of body.platform_certificates)
      requireRsa('platform_certificates', () => createPublicKey(certificate));
    const keys = {
      appid: account.accountAppid,
      symmetric: { sn: body.symmetric_sn, key: body.symmetric_key },
      application: { sn: body.application_sn, private_key: body.application_private_key },
      platform: body.platform_certificates.map(({ sn, certificate }) => ({ sn, certificate })),
    };
    await this.rows.set(account, keys, client.clientId);
    this.keyring.forget(account);
    return this.get(account);
  }

  /** Calls go in clear again. */
  async forget(account: SecuredAccount): Promise<void> {
    this.components.require(account.componentAppid);
    await this.rows.forget(account);
    this.keyring.forget(account);
  }
}

/** Nothing of what was sent is in the refusal. */
function requireRsa(name: string, read: () => KeyObject): void {
  let key: KeyObject;
  try {
    key = read();
  } catch {
    throw invalid(`${name} is no PEM that can be read`);
  }
  if (key.asymmetricKeyType !== 'rsa') throw invalid(`${name} must be RSA: only RSAwithSHA256 is spoken here, SM2withSM3 is not`);
}

const invalid = (detail: string): DomainError => new DomainError('invalid-request', `${detail}.`);

const nothingOf = (account_appid: string): ApiSecurityView => ({
  account_appid,
  has_keys: false,
  symmetric_sn: null,
  application_sn: null,
  platform_sns: [],
  set_at: null,
  demanded_at: null,
  demanded_errcode: null,
});

function toView(row: ApiSecurityEntity): ApiSecurityView {
  const { numbers } = row;
  return {
    ...nothingOf(row.accountAppid),
    has_keys: row.secretKeys !== null,
    symmetric_sn: numbers?.symmetric ?? null,
    application_sn: numbers?.application ?? null,
    platform_sns: [...(numbers?.platform ?? [])],
    set_at: row.setAt?.toISOString() ?? null,
    demanded_at: row.demandedAt?.toISOString() ?? null,
    demanded_errcode: row.demandedErrcode,
  };
}
