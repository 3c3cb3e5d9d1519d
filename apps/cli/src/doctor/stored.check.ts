import type { DataSource } from 'typeorm';
import type { ComponentRegistry } from '#base';
import { type SecretBox, SecretUnreadableError } from '#persistence';
import { type StoredKey, storedKeys } from '../keys/stored-keys.js';
import type { DoctorConfig } from '../shell/cli.config.js';
import { age, counted } from '../shell/output.js';
import { type Finding, fail, LASTING, ok, warn } from './finding.js';

/** WeChat's own limit. */
const TICKET_LIFE_S = 12 * 3_600;
/** Of large tables the oldest and the newest rows tell which keys are in use. */
const END_ROWS = 2_000;
const STALE_LOOKED_AT = 100;
const STALE_FEW = 3;

/** How old each component's newest ticket is. */
export async function checkTickets(
  db: DataSource,
  components: ComponentRegistry,
  limits: Pick<DoctorConfig, 'TICKET_WARNING_S' | 'TICKET_ALARM_S'>,
): Promise<Finding[]> {
  const rows: { component: string; age: string | number }[] = await db.query(
    `SELECT component_appid AS component, TIMESTAMPDIFF(SECOND, MAX(create_time), UTC_TIMESTAMP()) AS age
       FROM f_wechat_verifyticket WHERE component_appid <> '' GROUP BY component_appid`,
  );
  const ages = new Map(rows.map((row) => [row.component, Number(row.age)]));
  return components.all.map(({ componentAppid }) => judgeTicket(componentAppid, ages.get(componentAppid), limits));
}

export function judgeTicket(
  component_appid: string,
  ageS: number | undefined,
  limits: Pick<DoctorConfig, 'TICKET_WARNING_S' | 'TICKET_ALARM_S'>,
): Finding {
  const more = { component_appid };
  const check = `Does WeChat reach https://<host>/wechat/${component_appid}/events, and do push token and AES key equal the console's?`;
  if (ageS === undefined) return fail('ticket', 'WeChat has not pushed one yet', `It comes every ten minutes. ${check}`, more);
  const said = `the newest came ${age(ageS)} ago`;
  if (ageS >= TICKET_LIFE_S)
    return fail(
      'ticket',
      `${said}: it is dead, no component token can be made`,
      `A 全网发布 check in the console pushes one at once. ${check}`,
      more,
    );
  if (ageS >= limits.TICKET_ALARM_S) return fail('ticket', `${said}; at 12 hours tokens end`, check, more);
  return ageS >= limits.TICKET_WARNING_S ? warn('ticket', said, check, more) : ok('ticket', said, more);
}

/** Pushes that ingestion took for recordings: a few may be that; many mean that its clock is wrong. */
export async function checkStale(db: DataSource): Promise<Finding[]> {
  const [row] = await db.query(
    `SELECT COUNT(*) AS looked_at, SUM(state = 'stale') AS stale
       FROM (SELECT state FROM f_wechat_event WHERE family <> 'wxplane' ORDER BY event_id DESC LIMIT ${STALE_LOOKED_AT}) AS newest`,
  );
  return judgeStale(Number(row.stale ?? 0), Number(row.looked_at));
}

export function judgeStale(stale: number, lookedAt: number): Finding[] {
  if (stale < STALE_FEW) return [];
  const said = `${stale} of the newest ${lookedAt} pushes were signed too far from ingestion’s time, and not acted on`;
  const remedy =
    'Synchronise the clock of every ingestion replica (NTP, chrony); then look at them: wxplane events list --state stale.';
  return [stale * 2 >= lookedAt ? fail('clock', said, remedy) : warn('clock', said, remedy)];
}

/** Whether every stored secret is where and as it was written: under a key that is configured, in a form that is bound to its row. */
export async function checkKeys(db: DataSource, box: SecretBox): Promise<Finding[]> {
  const unknown = new Map<string, number>();
  const wrong = new Set<string>();
  /** In use, and not the newest of its domain. */
  const former = new Set<string>();
  const newest = new Set<string>();
  /** Of domains for which there is no key here at all. */
  const unseen = new Map<string, number>();
  const forged: string[] = [];
  let [plain, columnBound, notBroughtOver] = [0, 0, 0];
  for (const { table, column, form, keyId, count, sample } of await storedKeys(db, END_ROWS)) {
    if (form === 'v1') columnBound += count;
    if (form === 'plain') {
      if (sample.binding.purpose === null) notBroughtOver += count;
      else if (sample.binding.olderPlainText) plain += count;
      else forged.push(`${count} of ${table}.${column} ${count === 1 ? 'is' : 'are'}`);
      continue;
    }
    const { domain } = sample.binding;
    const current = box.currentKeyId(domain);
    if (current === undefined) unseen.set(domain, (unseen.get(domain) ?? 0) + count);
    else if (!box.has(keyId, domain)) unknown.set(keyId, (unknown.get(keyId) ?? 0) + count);
    else if (opens(box, sample)) (keyId === current ? newest : former).add(keyId);
    else wrong.add(`${keyId} (${table}.${column})`);
  }
  const findings: Finding[] = [
    ...[...unknown].map(([keyId, n]) =>
      fail(
        'keys',
        `${counted(n, 'stored secret is', 'stored secrets are')} under key "${keyId}", which is not configured`,
        `Add ${keyId}:… to WXPLANE_ENCRYPTION_KEYS (behind the newest), from where you keep the keys; if it is there, it is for other domains.`,
        LASTING,
      ),
    ),
    ...[...wrong].map((keyId) =>
      fail(
        'keys',
        `a secret sealed under key ${keyId} does not open`,
        'The bytes of the key differ: find its former value. Or somebody moved or altered the secret: wxplane keys rotate names the rows.',
        LASTING,
      ),
    ),
    ...forged.map((rows) =>
      fail(
        'keys',
        `${rows} plain text, and only ciphertext was ever written there`,
        'Somebody wrote into the database: docs/security.md, "The database, writing". wxplane keys rotate names the first row.',
        LASTING,
      ),
    ),
  ];
  if (plain > 0)
    findings.push(
      warn(
        'keys',
        `${counted(plain, 'stored secret is', 'stored secrets are')} in plain text, from an older system`,
        'After a take-over: wxplane keys rotate --adopt-plain-text. At any other time look first who wrote them.',
      ),
    );
  if (columnBound > 0 && box.write === 'v2')
    findings.push(
      warn(
        'keys',
        `${counted(columnBound, 'stored secret is', 'stored secrets are')} of the older form, which can be moved to another row`,
        'wxplane keys migrate',
      ),
    );
  if (notBroughtOver > 0 && box.write === 'v2')
    findings.push(
      warn(
        'keys',
        `${counted(notBroughtOver, 'text is', 'texts are')} in plain text, as the last release wrote releases and settings`,
        'wxplane keys migrate',
      ),
    );
  if (unseen.size > 0)
    findings.push(
      warn(
        'keys',
        `${counted(sum(unseen), 'stored secret was', 'stored secrets were')} not looked at: no key is configured here for ${[...unseen.keys()].sort().join(', ')}`,
        'Run it with the keys of all domains, as wxplane keys rotate needs them, too.',
      ),
    );
  if (findings.length === 0)
    findings.push(
      former.size > 0
        ? ok('keys', `all in use are known; ${[...former].join(', ')} can go after "wxplane keys rotate"`)
        : ok(
            'keys',
            `everything stored is under ${newest.size > 1 ? 'the newest key of its domain' : `"${[...newest][0] ?? box.currentKeyId('inbox')}"`}`,
          ),
    );
  return findings;
}

const sum = (counts: ReadonlyMap<string, number>) => [...counts.values()].reduce((total, n) => total + n, 0);

/** Of the older form, too, where the apps are strict already: then it is counted, and not taken for another key's. */
function opens(box: SecretBox, { stored, binding }: StoredKey['sample']): boolean {
  try {
    box.open(stored, binding);
    return true;
  } catch (error) {
    return box.strict && box.sealOf(stored)?.version === 'v1' && error instanceof SecretUnreadableError;
  }
}
