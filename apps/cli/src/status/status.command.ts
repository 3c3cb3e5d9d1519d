import { Command } from 'commander';
import type { DataSource } from 'typeorm';
import { isOfRedis } from '#base';
import { isOfTheSchema } from '#persistence';
import { examples } from '../shell/arguments.js';
import { ComponentsConfig, DoctorConfig } from '../shell/cli.config.js';
import { databaseRemedy, withDatabase } from '../shell/database.js';
import { configured, configuredComponents } from '../shell/environment.js';
import { CliError, EXIT } from '../shell/failure.js';
import { show } from '../shell/output.js';
import { withRedis } from '../shell/redis.js';
import { askApps } from './apps.js';
import { type DatabaseStatus, judge, type Part } from './judge.js';
import { readQueues } from './queues.js';
import { report } from './report.js';
import { storedStandstills } from './standstills.js';
import { readStored } from './stored.js';

/** `wxplane status`: the suite at a glance. */
export function statusCommand(): Command {
  return new Command('status')
    .description('the suite at a glance: apps, tickets, authorizers, queues, releases, rollouts, newest errors')
    .addHelpText(
      'after',
      `
Reads the database and Redis, and asks the apps named by INGESTION_URL, BROKER_URL, RELEASE_URL; with INGESTION_MANAGEMENT_URL and
so on (the management ports) also what they miss and what they do not get on with. What must move and does not is a problem.
Exit code 1: something needs somebody; it stands under "Problems".
${examples('status', 'status --json')}`,
    )
    .action(status);
}

async function status(options: { json?: boolean }): Promise<void> {
  const { WXPLANE_COMPONENTS_FILE, WXPLANE_COMPONENTS } = configured(ComponentsConfig);
  const components =
    WXPLANE_COMPONENTS_FILE || WXPLANE_COMPONENTS ? configuredComponents().all.map((component) => component.componentAppid) : [];
  const [apps, database, redis] = await Promise.all([
    askApps(),
    part('MySQL', () => withDatabase((db) => readDatabase(db, components))),
    part('Redis', () => withRedis(readQueues)),
  ]);
  const judged = judge({ apps, database, redis }, configured(DoctorConfig).TICKET_ALARM_S);
  const stored = 'value' in database ? database.value.stored : undefined;
  const inRedis = 'value' in redis ? redis.value : undefined;
  const document = {
    at: new Date().toISOString(),
    ...judged,
    ...(stored ?? {
      components: null,
      inbox: null,
      kept: null,
      mute_channels: null,
      releases: null,
      rollouts: null,
      errors: null,
    }),
    queues: inRedis?.queues ?? null,
    pushes_in_redis: inRedis?.spool ?? null,
  };
  show(options, document, () => report(judged, stored, inRedis));
  if (judged.problems.length > 0) process.exitCode = EXIT.failed;
}

async function readDatabase(db: DataSource, components: readonly string[]): Promise<DatabaseStatus> {
  const [{ demoted }] = (await db.query('SELECT @@global.read_only OR @@global.innodb_read_only AS demoted')) as [
    { demoted: string | number },
  ];
  return {
    stored: await readStored(db, components),
    standstills: await storedStandstills(db),
    readOnly: Number(demoted) === 1,
  };
}

/** A server that fails half-way is a problem to be shown beside what the others say, and no end of the command. */
async function part<T>(server: string, read: () => Promise<T>): Promise<Part<T>> {
  try {
    return { value: await read() };
  } catch (error) {
    if (error instanceof CliError)
      return { problem: [error.message.replace(/\.$/, ''), error.details.remedy].filter(Boolean).join('. ') };
    // A table that is not there: the migrations have not run.
    if (isOfTheSchema(error)) return { problem: 'the schema is not there: run the migrations' };
    const remedy = databaseRemedy(error);
    if (remedy === undefined && !isOfRedis(error)) throw error;
    return { problem: `${server} could not be read: ${(error as Error).message}. ${remedy ?? '"wxplane doctor" looks at it.'}` };
  }
}
