import { randomBytes, randomInt } from 'node:crypto';
import type { DataSource } from 'typeorm';
import { SEALED_COLUMNS, type SealedColumn } from '../src/secrets/sealed-columns.js';

/** What a row of each table with sealed columns needs besides them; each call makes another natural key. */
const ROWS: Readonly<Record<string, () => Record<string, unknown>>> = {
  f_wechat_verifyticket: () => ({ component_appid: appid(), create_time: new Date(), pushed_at: new Date() }),
  f_wechat_refreshtoken: () => ({ component_appid: 'wxc', authorizer_appid: appid(), create_time: new Date(), is_cancel: 0 }),
  f_wechat_accesstoken: () => ({ component_appid: 'wxc', authorizer_appid: appid(), kind: 'authorizer', generation: 1 }),
  f_wechat_authorizationlink: () => ({
    link_id: randomBytes(16).toString('hex'),
    component_appid: 'wxc',
    client_id: 'c',
    auth_type: 3,
    expires_at: new Date(),
    created_at: new Date(),
  }),
  f_wechat_registration: () => ({
    registration_id: randomBytes(16).toString('hex'),
    component_appid: 'wxc',
    way: 'enterprise',
    state: 'waiting',
    subject_hash: randomBytes(32).toString('hex'),
    begun_at: new Date(),
    created_at: new Date(),
    updated_at: new Date(),
  }),
  f_wechat_subscription: () => ({
    subscription_id: `sub_${randomBytes(10).toString('hex')}`,
    client_id: 'c',
    name: 'n',
    url: 'https://example.com/',
    kinds: '["*"]',
    created_at: new Date(),
    updated_at: new Date(),
  }),
  f_wechat_channel: () => ({
    channel_id: `chn_${randomBytes(10).toString('hex')}`,
    component_appid: 'wxc',
    kind: 'wecom',
    name: 'n',
    place: 'qyapi.weixin.qq.com',
    kinds: '["*"]',
    least_severity: 'notice',
    language: 'both',
    next_send_at: new Date(),
    created_by: 'c',
    created_at: new Date(),
    updated_at: new Date(),
  }),
  f_wechat_apisecurity: () => ({ component_appid: 'wxc', account_appid: appid() }),
  f_wechat_event: () => ({
    component_appid: 'wxc',
    family: 'component',
    kind: 'unauthorized',
    dedupe_key: randomBytes(32).toString('hex'),
    received_at: new Date(),
  }),
  f_wechat_submitaudit: () => ({
    submitaudit_id: rowNumber(),
    component_appid: 'wxc',
    weapp_id: 1,
    app_id: appid(),
    template_id: 1,
    user_desc: 'd',
    user_version: '1.0.0',
    state: 'created',
    created_at: new Date(),
  }),
  f_wechat_rollout: () => ({
    rollout_id: rowNumber(),
    component_appid: 'wxc',
    name: 'n',
    options: '{}',
    preview_hash: '',
    state: 'running',
    stage: 'full',
    created_at: new Date(),
    updated_at: new Date(),
  }),
  f_wechat_auditprofile: () => ({ component_appid: 'wxc', name: randomBytes(8).toString('hex'), updated_at: new Date() }),
  f_wechat_extsettings: () => ({ component_appid: 'wxc', authorizer_appid: appid(), updated_at: new Date() }),
  f_wechat_idempotency: () => ({
    client_id: 'c',
    idempotency_key: randomBytes(8).toString('hex'),
    request_hash: '',
    created_at: new Date(),
  }),
  f_wechat_approval: () => ({
    approval_id: `c${randomBytes(16).toString('hex')}`,
    component_appid: 'wxc',
    effect: 'domains',
    state: 'open',
    created_at: new Date(),
    updated_at: new Date(),
  }),
  f_wechat_filingapplication: () => ({
    application_id: `fa_${randomBytes(12).toString('hex')}`,
    component_appid: 'wxc',
    authorizer_appid: appid(),
    state: 'submitted',
    created_at: new Date(),
    updated_at: new Date(),
  }),
  f_wechat_certification: () => ({
    certification_id: `ce_${randomBytes(12).toString('hex')}`,
    component_appid: 'wxc',
    authorizer_appid: appid(),
    kind: 'single',
    progress: 'sent',
    pay_type: 1,
    created_at: new Date(),
    status_at: new Date(),
  }),
  f_wechat_onboarding: () => ({
    onboarding_id: randomBytes(16).toString('hex'),
    component_appid: 'wxc',
    reference: randomBytes(8).toString('hex'),
    start: 'new',
    goal: 'online',
    state: 'running',
    step: 'account',
    step_since: new Date(),
    facts: '{}',
    client_id: 'c1',
    created_at: new Date(),
    updated_at: new Date(),
  }),
  f_wechat_onboardingpaper: () => ({
    onboarding_row: rowNumber(),
    name: randomBytes(8).toString('hex'),
    content_type: 'image/png',
    bytes: 1,
    sha256: '0'.repeat(64),
    created_at: new Date(),
  }),
};

/** Far above those that the tests write. */
const rowNumber = () => randomInt(1_000_000, 2 ** 31 - 1);

const appid = () => `wx${randomBytes(8).toString('hex')}`;

export type StoredRow = Record<string, unknown>;

/** A row whose sealed columns all hold `text`. @throws for a table that has no case here yet */
export async function insertSealedRow(
  db: DataSource,
  table: string,
  seal: (column: SealedColumn, row: StoredRow) => string,
): Promise<StoredRow> {
  const make = ROWS[table];
  if (!make) throw new Error(`libs/persistence/testing/sealed-rows.ts has no row of ${table} yet`);
  const columns = SEALED_COLUMNS.filter((column) => column.table === table);
  const natural = make();
  const row = { ...natural, ...Object.fromEntries(columns.map((column) => [column.column, seal(column, natural)])) };
  const names = Object.keys(row);
  const { insertId } = await db.query(
    `INSERT INTO \`${table}\` (${names.map((name) => `\`${name}\``).join(', ')}) VALUES (${names.map(() => '?').join(', ')})`,
    Object.values(row),
  );
  const { id } = columns[0]!;
  return readRow(db, columns[0]!, (natural[id] as string | number | undefined) ?? Number(insertId));
}

/** The row as a reader gets it. */
export async function readRow(db: DataSource, { table, id }: SealedColumn, key: unknown): Promise<StoredRow> {
  const [row] = await db.query(`SELECT * FROM \`${table}\` WHERE \`${id}\` = ?`, [key]);
  return row;
}
