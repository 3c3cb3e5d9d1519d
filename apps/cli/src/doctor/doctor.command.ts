import { setTimeout as sleep } from 'node:timers/promises';
import { Command } from 'commander';
import { ComponentRegistry, ConfigError, RedisConfig } from '#base';
import { count, examples } from '../shell/arguments.js';
import { DatabaseConfig, DoctorConfig } from '../shell/cli.config.js';
import { databaseRemedy, openBox, withDatabase } from '../shell/database.js';
import { configured, configuredAccounts, configuredComponents } from '../shell/environment.js';
import { CliError, EXIT } from '../shell/failure.js';
import { counted, show, tell } from '../shell/output.js';
import { withRedis } from '../shell/redis.js';
import { checkAudit } from './audit.check.js';
import { checkClientKeys, checkProxyClients } from './clients.check.js';
import { checkDatabase } from './database.check.js';
import { type Finding, fail, LASTING, mayHeal, ok, type Result, worst } from './finding.js';
import { checkProgress } from './progress.check.js';
import { checkRedis } from './redis.check.js';
import { tryRedis } from './redis.trial.js';
import { checkRoundTrip } from './round-trip.check.js';
import { judgeSharedKeys } from './shared-keys.domain.js';
import { checkKeys, checkStale, checkTickets } from './stored.check.js';
import { checkComponent, checkEgress, checkProxy, checkReach } from './wechat.check.js';

const RETRY_MS = 2_000;

/** `wxplane doctor`: is everything as it must be, and if not, what is to do? Leaves nothing behind. */
export function doctorCommand(): Command {
  return new Command('doctor')
    .description('look at configuration, database, Redis, clocks, egress address, WeChat, tickets and keys, and say what to do')
    .option('--component <appid>', 'look at this one only; default: every one that is configured')
    .option(
      '--wait <seconds>',
      'look again until nothing fails, at most so long; ends at once when something needs somebody first',
      count,
    )
    .addHelpText(
      'after',
      `
Reads what the apps read (DATABASE_*, REDIS_*, WXPLANE_*, WECHAT_API_BASE_URL), and EGRESS_ECHO_URL if it is set.
Exit codes: 0 nothing fails (warnings may be there) · 1 something fails · 78 the configuration is wrong.
${examples('doctor', 'doctor --wait 900', 'doctor --json')}`,
    )
    .action(doctor);
}

async function doctor(options: { component?: string; wait?: number; json?: boolean }): Promise<void> {
  const deadline = Date.now() + (options.wait ?? 0) * 1_000;
  let findings = await examine(options.component);
  for (
    let told = '';
    worst(findings) === 'fail' && mayHeal(findings) && Date.now() < deadline;
    findings = await examine(options.component)
  ) {
    const failing = findings.filter(({ result }) => result === 'fail').map(({ area, detail }) => `${area}: ${detail}`);
    const line = `waiting: ${failing.join('; ')}`;
    // Ages grow with each look: only what changes otherwise is worth a line.
    if (line.replace(/\d+/g, '') !== told) tell(line);
    told = line.replace(/\d+/g, '');
    await sleep(Math.min(RETRY_MS, Math.max(1, deadline - Date.now())));
  }
  const status = worst(findings);
  show(options, { status, findings }, () => report(findings, status));
  if (status !== 'fail') return;
  const misconfigured = findings.some(({ area, result }) => area === 'configuration' && result === 'fail');
  process.exitCode = misconfigured ? EXIT.config : EXIT.failed;
}

async function examine(only: string | undefined): Promise<Finding[]> {
  const findings: Finding[] = [];
  const config = part(findings, () => configured(DoctorConfig));
  const database = part(findings, () => configured(DatabaseConfig));
  const accounts = part(findings, configuredAccounts) ?? [];
  const redis = part(findings, () => configured(RedisConfig));
  const box = part(findings, () => openBox([]));
  const components = chosen(
    findings,
    part(findings, () => configuredComponents()),
    only,
  );
  if (findings.length === 0) findings.push(ok('configuration', `complete; ${counted(components?.all.length ?? 0, 'component')}`));

  if (config) {
    findings.push(...(await checkReach(config)));
    findings.push(...(await checkEgress(config)));
    // biome-ignore lint/style/noProcessEnv: no setting of ours, which is what is said
    findings.push(...checkProxy(process.env));
  }
  if (database)
    await area(findings, 'database', () =>
      withDatabase(async (db) => {
        const about = await checkDatabase(db, accounts);
        findings.push(...about);
        // Without the tables the rest would only fail in less clear words.
        if (about.some(({ detail, result }) => result === 'fail' && detail.includes('migration'))) return;
        findings.push(await checkRoundTrip(db));
        findings.push(...(await checkProgress(db)));
        if (box) findings.push(...(await checkKeys(db, box)), ...judgeSharedKeys(box));
        if (components && config) findings.push(...(await checkTickets(db, components, config)));
        findings.push(...(await checkStale(db)));
        findings.push(...(await checkProxyClients(db)));
        findings.push(...(await checkClientKeys(db)));
        findings.push(...(await checkAudit(db)));
        if (!components || !config || !box) return;
        for (const component of components.all)
          await area(findings, 'wechat', async () => {
            findings.push(...(await checkComponent(config, component, db, box)));
          });
      }),
    );
  if (redis)
    await area(findings, 'redis', () =>
      withRedis(async (connection) => {
        findings.push(...(await checkRedis(connection)));
        findings.push(...(await tryRedis(connection)));
      }),
    );
  return findings
    .map((finding, index) => ({ finding, index }))
    .sort(byArea)
    .map(({ finding }) => finding);
}

const ORDER = [
  'configuration',
  'database',
  'redis',
  'clock',
  'egress',
  'wechat',
  'ticket',
  'keys',
  'clients',
  'audit',
  'progress',
];

const byArea = (a: { finding: Finding; index: number }, b: { finding: Finding; index: number }) =>
  ORDER.indexOf(a.finding.area) - ORDER.indexOf(b.finding.area) || a.index - b.index;

/** A part of the configuration; what is wrong with it becomes a finding. */
function part<T>(findings: Finding[], read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    for (const { key, problem } of error.problems)
      findings.push(fail('configuration', `${key}: ${problem}`, 'Set it; .env.example explains each variable.', LASTING));
    return undefined;
  }
}

function chosen(
  findings: Finding[],
  components: ComponentRegistry | undefined,
  only: string | undefined,
): ComponentRegistry | undefined {
  if (!components || !only) return components;
  const one = components.find(only);
  if (one) return new ComponentRegistry([one]);
  findings.push(
    fail('configuration', `${only} is not among the configured components`, 'Add it to WXPLANE_COMPONENTS_FILE.', LASTING),
  );
  return undefined;
}

/** What goes wrong while an area is looked at is a finding of that area. */
async function area(findings: Finding[], name: string, look: () => Promise<void>): Promise<void> {
  try {
    await look();
  } catch (error) {
    const { remedy, lasting } = error instanceof CliError ? error.details : {};
    findings.push(
      fail(
        name,
        (error as Error).message,
        remedy ?? databaseRemedy(error) ?? 'Look at the server’s own log.',
        lasting ? LASTING : {},
      ),
    );
  }
}

function report(findings: readonly Finding[], status: Result): string {
  const lines = findings.flatMap(({ result, area: name, detail, remedy, component_appid }) => [
    `${result.padEnd(4)}  ${name.padEnd(13)}  ${component_appid ? `${component_appid}: ` : ''}${detail}`,
    ...(remedy ? [`${' '.repeat(21)}→ ${remedy}`] : []),
  ]);
  const failing = findings.filter(({ result }) => result === 'fail').length;
  const last = {
    ok: 'Everything is well.',
    warn: 'Nothing fails; look at the warnings.',
    fail: `${counted(failing, 'thing needs', 'things need')} somebody.`,
  }[status];
  return `${lines.join('\n')}\n\n${last}\n`;
}
