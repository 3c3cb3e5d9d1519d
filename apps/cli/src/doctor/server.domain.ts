import { type Finding, fail, LASTING, ok } from './finding.js';

const AREA = 'database';

/** Servers that speak MySQL's protocol, call themselves by one of its versions, and are something else. */
const OTHERS: readonly (readonly [RegExp, string, string])[] = [
  [/tidb/i, 'TiDB', 'named locks, gap locks and isolation differ from what the suite relies on'],
  [/oceanbase/i, 'OceanBase', 'named locks, gap locks and isolation differ from what the suite relies on'],
  [/vitess|planetscale/i, 'Vitess', 'transactions do not reach over its shards'],
  [/polardb-?x|drds|tddl/i, 'PolarDB-X (DRDS)', 'transactions do not reach over its shards'],
  [/mycat|shardingsphere|dble/i, 'a sharding proxy', 'transactions do not reach over its shards'],
  [/singlestore|memsql|doris|starrocks|clickhouse/i, 'an analytical database', 'it keeps no promise about transactions'],
];

/**
 * What answers as MySQL.
 * @param comment `@@version_comment`
 */
export function judgeServer(version: string, comment: string): Finding {
  const other = OTHERS.find(([form]) => form.test(`${version} ${comment}`));
  if (other) {
    const [, name, why] = other;
    return fail(AREA, `this is ${name} (${version}), not MySQL: ${why}`, 'Use MySQL 8 or MariaDB 10.11 and newer.', LASTING);
  }
  const maria = /mariadb/i.test(version);
  const [major = 0, minor = 0] = version.split('.').map((part) => Number.parseInt(part, 10));
  const said = `${maria ? 'MariaDB' : 'MySQL'} ${/^[\d.]+/.exec(version)?.[0] ?? version}`;
  const supported = maria ? major > 10 || (major === 10 && minor >= 11) : major >= 8;
  return supported ? ok(AREA, said) : fail(AREA, said, 'MySQL 8 or MariaDB 10.11 and newer are supported.', LASTING);
}
