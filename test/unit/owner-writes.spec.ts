import { describe, expect, it } from 'vitest';
import { ENTITY_TABLES, productSources, tablesWritten } from '../support/table-use.ts';

/**
 * Who writes which table: everybody may read, only the owner writes. Whoever needs a row changed asks its owner, and hands over the
 * transaction. A path that ends with `/` is a folder. Migrations and the tools of libs/persistence, which know every table, are not listed.
 */
const OWNERS: Readonly<Record<string, readonly string[]>> = {
  // The inbox: what WeChat pushes is written by ingestion; what each consumer did with it by the one way to consume.
  f_wechat_event: [
    'apps/ingestion/src/inbox/inbox.repository.ts',
    'apps/ingestion/src/dispatch/dispatch.repository.ts',
    'apps/ingestion/src/events/event.repository.ts',
    'apps/ingestion/src/events/retention.repository.ts',
    'libs/inbox/src/own-events.ts',
  ],
  f_wechat_eventeffect: [
    'libs/inbox/src/consume-once.ts',
    // A replay forgets what was done; what is deleted takes it along.
    'apps/ingestion/src/events/event.repository.ts',
    'apps/ingestion/src/events/retention.repository.ts',
  ],
  f_wechat_verifyticket: ['apps/ingestion/src/inbox/inbox.repository.ts', 'apps/ingestion/src/events/retention.repository.ts'],
  f_wechat_subscription: ['apps/ingestion/src/subscribers/subscription.store.ts'],
  f_wechat_delivery: ['apps/ingestion/src/deliveries/delivery.repository.ts'],
  f_wechat_channel: ['apps/ingestion/src/notices/'],
  f_wechat_notice: ['apps/ingestion/src/notices/'],
  f_wechat_deliveryattempt: ['apps/ingestion/src/deliveries/delivery.repository.ts'],

  // The import writes authorizations of an older system while no app runs.
  f_wechat_accesstoken: ['apps/broker/src/tokens/token.repository.ts', 'apps/cli/src/import/authorization.store.ts'],
  f_wechat_authorizer: ['apps/broker/src/authorizers/authorizer.repository.ts', 'apps/cli/src/import/authorization.store.ts'],
  f_wechat_refreshtoken: ['apps/broker/src/authorizers/authorizer.repository.ts', 'apps/cli/src/import/authorization.store.ts'],
  f_wechat_authorizerpermission: ['apps/broker/src/authorizers/authorizer.repository.ts'],
  f_wechat_authorizationlink: [
    'apps/broker/src/authorizations/links.service.ts',
    'apps/broker/src/authorizations/visit.repository.ts',
  ],
  f_wechat_preauthcode: ['apps/broker/src/authorizations/visit.repository.ts'],
  f_wechat_authorizationcode: ['apps/broker/src/authorizations/code.repository.ts'],
  f_wechat_orderpath: ['apps/release/src/duties/order-path.repository.ts'],
  f_wechat_apisecurity: ['apps/broker/src/api-security/api-security.repository.ts'],
  f_wechat_appeal: ['apps/release/src/duties/appeal.repository.ts'],
  f_wechat_violation: ['apps/release/src/duties/violation.repository.ts'],
  f_wechat_quotareset: ['apps/broker/src/quotas/quota-resets.repository.ts'],
  f_wechat_sync: ['apps/broker/src/sync/sync.service.ts'],
  f_wechat_registration: ['apps/broker/src/registrations/registration.repository.ts'],
  f_wechat_registrationhistory: ['apps/broker/src/registrations/registration-journal.ts'],

  f_wechat_filing: ['apps/broker/src/filings/'],
  f_wechat_filingapplication: ['apps/broker/src/filings/'],
  f_wechat_filingverification: ['apps/broker/src/filings/'],
  f_wechat_filingmedia: ['apps/broker/src/filings/'],
  f_wechat_filingconstants: ['apps/broker/src/filings/'],
  f_wechat_filinghistory: ['apps/broker/src/filings/'],
  f_wechat_certification: ['apps/broker/src/certifications/'],
  f_wechat_certificate: ['apps/broker/src/certifications/'],
  f_wechat_certificationhistory: ['apps/broker/src/certifications/'],

  f_wechat_submitaudit: ['apps/release/src/releases/'],
  f_wechat_releasehistory: ['apps/release/src/releases/'],
  f_wechat_releaseapproval: ['apps/release/src/releases/'],
  f_wechat_approval: ['apps/release/src/approvals/'],
  f_wechat_selection: ['apps/release/src/rollouts/'],
  f_wechat_rollout: ['apps/release/src/rollouts/'],
  f_wechat_rollouttarget: ['apps/release/src/rollouts/'],
  f_wechat_rollouthistory: ['apps/release/src/rollouts/'],
  f_wechat_onboarding: ['apps/release/src/onboardings/'],
  f_wechat_onboardinghistory: ['apps/release/src/onboardings/'],
  f_wechat_onboardingpaper: ['apps/release/src/onboardings/'],
  f_wechat_miniprogram: ['apps/release/src/mini-programs/'],
  f_wechat_extsettings: ['apps/release/src/requests/'],
  f_wechat_auditprofile: ['apps/release/src/requests/'],
  f_wechat_screenshot: ['apps/release/src/screenshots/'],
  f_wechat_screenshotdata: ['apps/release/src/screenshots/'],
  f_wechat_templatepromotion: ['apps/release/src/templates/'],

  f_wechat_consolesession: ['apps/console/src/sessions/session.repository.ts'],
  f_wechat_consolelink: ['apps/console/src/sign-in/used-links.repository.ts'],

  f_wechat_client: ['libs/service/src/clients/client-store.ts'],
  f_wechat_caller: ['libs/service/src/identity/caller-log.ts'],
  f_wechat_call: ['libs/service/src/observe/call-log.ts'],
  f_wechat_callcount: ['libs/service/src/observe/call-log.ts'],
  // The command line has no request to log: its entry is in the transaction of what it changes.
  f_wechat_accesslog: [
    'libs/service/src/audit/access-log.ts',
    // Deletes what a signed checkpoint names as too old.
    'libs/service/src/audit/checkpointer.ts',
    'apps/cli/src/shell/audit.ts',
  ],
  f_wechat_auditcheckpoint: ['libs/service/src/audit/checkpointer.ts'],
  f_wechat_audithead: ['libs/service/src/audit/checkpointer.ts'],
  // The doctor writes a row of its own and takes it back.
  f_wechat_idempotency: ['libs/service/src/idempotency/', 'apps/cli/src/doctor/round-trip.check.ts'],
};

/** Migrations, and what works on whatever table it is told; and how a caller's rows become a statement. */
const KNOWS_EVERY_TABLE = ['libs/persistence/src/', 'libs/service/src/audit/batch-insert.ts'];

interface Write {
  readonly table: string;
  readonly path: string;
}

const mayWrite = (paths: readonly string[] | undefined, path: string) =>
  paths?.some((owner) => (owner.endsWith('/') ? path.startsWith(owner) : path === owner)) ?? false;

function writesOf(path: string, source: string): Write[] {
  if (mayWrite(KNOWS_EVERY_TABLE, path)) return [];
  return [...tablesWritten(source).keys()].map((table) => ({ table, path }));
}

const foreign = (writes: readonly Write[]) => writes.filter(({ table, path }) => !mayWrite(OWNERS[table], path));

const sources = productSources();
const all = sources.flatMap(({ path, source }) => writesOf(path, source));

describe('only the owner of a table writes it', () => {
  it('nobody else does, and every statement says which table it writes', () => {
    const advice = ({ table, path }: Write) =>
      `${path} writes ${table}, which ${OWNERS[table]?.join(' and ') ?? 'nobody'} owns: ask the owner for what is needed, or name the new one in OWNERS`;
    expect(foreign(all).map(advice)).toEqual([]);
  });

  it('each owner is one still, and each table has one: who writes no longer is not listed', () => {
    const idle = Object.entries(OWNERS).flatMap(([table, paths]) =>
      paths.filter((owner) => !all.some((write) => write.table === table && mayWrite([owner], write.path))),
    );
    expect(idle).toEqual([]);
    expect([...new Set(ENTITY_TABLES.values())].filter((table) => OWNERS[table] === undefined)).toEqual([]);
  });

  it.each([
    ['SQL', 'await db.query(`UPDATE f_wechat_event SET state = ?`)'],
    ['SQL over lines', 'await db.query(`DELETE\n  FROM f_wechat_event WHERE 1`)'],
    ['SQL that ignores', 'await db.query(`INSERT IGNORE INTO f_wechat_event (a) VALUES (1)`)'],
    ['a join', 'db.query(`UPDATE f_wechat_accesstoken a JOIN f_wechat_event AS e ON e.x = a.x SET a.y = 1, e.z = 2 WHERE 1`)'],
    ['a repository', 'await this.dataSource.getRepository(EventEntity).update({}, {})'],
    ['a repository with a name', 'const rows = db.getRepository(EventEntity);\nawait rows.delete({})'],
    ['a repository that is a member', 'private readonly rows: Repository<EventEntity>;\nthis.rows.save(row)'],
    ['a query builder', 'await db.getRepository(EventEntity).createQueryBuilder().insert().values(row).execute()'],
    ['a query builder without a repository', 'await db.createQueryBuilder().insert().into(EventEntity).execute()'],
    ['a deletion by builder', 'await db.createQueryBuilder().delete().from(EventEntity).execute()'],
    ['an entity manager', 'await manager.insert(EventEntity, row)'],
    ['rows in batches', "await insertRows(db, 'f_wechat_event (a, b)', rows)"],
    ['deletion in bites', "await deleteInBites(db, 'f_wechat_event WHERE a < ?', [1])"],
  ])('a foreign writer by %s is refused', (_, source) => {
    expect(foreign(writesOf('apps/broker/src/tokens/token.repository.ts', source))).toEqual([
      { table: 'f_wechat_event', path: 'apps/broker/src/tokens/token.repository.ts' },
    ]);
  });

  it('a statement whose table cannot be told is refused, reading is not', () => {
    const path = 'apps/broker/src/tokens/token.repository.ts';
    expect(foreign(writesOf(path, `db.query('DELETE FROM \${table} WHERE 1')`))).toEqual([{ table: '?', path }]);
    for (const reading of [
      'db.query(`SELECT * FROM f_wechat_event FOR UPDATE`)',
      'db.getRepository(EventEntity).findOneBy({})',
      'const rows = db.getRepository(EventEntity);\nrows.find()',
    ])
      expect(writesOf(path, reading)).toEqual([]);
  });
});

describe('MySQL is spoken to in one way', () => {
  const places = (pattern: RegExp, allowed: readonly string[]) =>
    sources.filter(({ path, source }) => pattern.test(source) && !mayWrite(allowed, path)).map(({ path }) => path);

  it('transactions are inTransaction, which repeats what a deadlock rolled back', () => {
    const allowed = [
      // Asks what a transaction is like on this server.
      'apps/cli/src/doctor/database.check.ts',
    ];
    expect(places(/\.transaction\(/, allowed)).toEqual([]);
  });

  it('what it says when it refuses is read in libs/persistence', () => {
    expect(places(/'ER_[A-Z_]+'/, ['libs/persistence/src/'])).toEqual([]);
  });
});
