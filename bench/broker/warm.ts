import { BINDINGS } from '#persistence';
import { authorizer, type BrokerRig, COMPONENT, load, measured, median, number, residentMb, tokenPath } from './rig.ts';

/** Tokens as a broker stored them: rows of 1,000 at a time, sealed by the product's own box. */
async function fill({ database, box }: BrokerRig, from: number, to: number): Promise<void> {
  for (let start = from; start < to; start += 1_000) {
    const rows = Array.from({ length: Math.min(1_000, to - start) }, (_, offset) => {
      const appid = authorizer(start + offset);
      return [
        COMPONENT,
        appid,
        'authorizer',
        box.seal(`${appid}${'T'.repeat(139)}`, BINDINGS.accessToken(COMPONENT, appid, 'authorizer', 1)),
      ];
    });
    await database.query(
      `INSERT INTO f_wechat_accesstoken (component_appid, authorizer_appid, kind, access_token, refreshed_at, expires_at, generation)
       VALUES ${rows.map(() => '(?, ?, ?, ?, UTC_TIMESTAMP(3), UTC_TIMESTAMP(3) + INTERVAL 2 HOUR, 1)').join(', ')}`,
      rows.flat(),
    );
  }
}

/** Reading commands so far: what heartbeats and the audit log write is not counted. */
async function work({ database, redis }: BrokerRig): Promise<{ readonly redisReads: number; readonly mysqlSelects: number }> {
  const stats = await redis.info('commandstats');
  const redisReads = [...stats.matchAll(/cmdstat_(get|hmget|hget|pttl|mget):calls=(\d+)/g)].reduce(
    (sum, match) => sum + Number(match[2]),
    0,
  );
  const [row] = await database.query("SHOW GLOBAL STATUS LIKE 'Com_select'");
  return { redisReads, mysqlSelects: Number(row.Value) };
}

/** Warm reads of one broker against the bare server, in turns, with more and more authorizers. */
export async function warm(
  rig: BrokerRig,
  { sizes, seconds, repeats }: { readonly sizes: readonly number[]; readonly seconds: number; readonly repeats: number },
): Promise<void> {
  const broker = await rig.startBroker();
  const bare = await rig.startBare();
  process.stdout.write(`one broker on one core; at start ${number(residentMb(broker).now)} MB resident\n`);
  let filled = 0;
  for (const size of sizes) {
    await fill(rig, filled, size);
    const fresh = Array.from({ length: size - filled }, (_, index) => tokenPath(authorizer(filled + index)));
    const cold = await load({ ...rig.plan(broker.port, fresh, 600), rounds: 1, order: 'each' });
    filled = size;
    const paths = Array.from({ length: size }, (_, index) => tokenPath(authorizer(index)));
    const one = paths.slice(0, 100);
    await load(rig.plan(broker.port, paths, 2));
    await load(rig.plan(bare.port, one, 1));
    const ours: Awaited<ReturnType<typeof measured>>[] = [];
    const theirs: Awaited<ReturnType<typeof measured>>[] = [];
    const before = await work(rig);
    for (let round = 0; round < repeats; round += 1) {
      theirs.push(await measured(bare, rig.plan(bare.port, one, seconds)));
      ours.push(await measured(broker, rig.plan(broker.port, paths, seconds)));
    }
    const after = await work(rig);
    const reads = ours.reduce((sum, result) => sum + result.answers, 0);
    const failures = [...ours, ...theirs, cold].reduce((sum, result) => sum + result.failures, 0);
    const [mine, its] = [median(ours.map((r) => r.perSecond)), median(theirs.map((r) => r.perSecond))];
    const [myCpu, itsCpu] = [median(ours.map((r) => r.perCpuSecond)), median(theirs.map((r) => r.perCpuSecond))];
    const ratios = ours.map((result, index) => result.perSecond / (theirs[index]?.perSecond ?? 1));
    const memory = residentMb(broker);
    process.stdout.write(
      [
        `${number(size)} authorizers`,
        `  warm reads      ${number(mine)}/s, bare ${number(its)}/s: ratio ${(mine / its).toFixed(2)} (rounds ${ratios.map((r) => r.toFixed(2)).join(' ')})`,
        `  per core        ${number(myCpu)} reads per second of processor time, bare ${number(itsCpu)}: ratio ${(myCpu / itsCpu).toFixed(2)}`,
        `  latency         p50 ${median(ours.map((r) => r.p50Ms)).toFixed(2)} ms, p99 ${median(ours.map((r) => r.p99Ms)).toFixed(2)} ms; bare p50 ${median(theirs.map((r) => r.p50Ms)).toFixed(2)} ms, p99 ${median(theirs.map((r) => r.p99Ms)).toFixed(2)} ms`,
        `  first reads     ${number(cold.perSecond)}/s from MySQL (${cold.seconds.toFixed(1)} s)`,
        `  asked per read  Redis ${((after.redisReads - before.redisReads) / reads).toFixed(5)}, MySQL ${((after.mysqlSelects - before.mysqlSelects) / reads).toFixed(5)}`,
        `  memory          ${number(memory.now)} MB resident, at most ${number(memory.most)} MB`,
        `  failures        ${failures}`,
        '',
      ].join('\n'),
    );
  }
  await Promise.all([broker.child.stop(), bare.child.stop()]);
}
