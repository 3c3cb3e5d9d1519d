import { describe, expect, it } from 'vitest';
import { judgeServer } from './server.domain.js';

describe('the server that answers as MySQL', () => {
  it.each([
    ['8.0.36', 'MySQL Community Server - GPL', 'ok', 'MySQL 8.0.36'],
    ['8.0.mysql_aurora.3.05.2', 'Source distribution', 'ok', 'MySQL 8.0.'],
    ['10.11.6-MariaDB-0+deb12u1', 'Debian 12', 'ok', 'MariaDB 10.11.6'],
    ['5.7.44-log', 'MySQL Community Server (GPL)', 'fail', 'MySQL 5.7.44'],
    ['10.6.18-MariaDB', '', 'fail', 'MariaDB 10.6.18'],
  ])('%s is judged by its version', (version, comment, result, detail) => {
    expect(judgeServer(version, comment)).toMatchObject({ result, detail });
  });

  it.each([
    ['8.0.11-TiDB-v7.5.1', 'TiDB Server (Apache License 2.0)', 'TiDB'],
    ['5.7.25-OceanBase-v4.2.1', 'OceanBase 4.2.1', 'OceanBase'],
    ['8.0.30-Vitess', 'Version: 19.0', 'Vitess'],
    ['5.6.29-TDDL-5.4.12', '', 'PolarDB-X'],
    ['5.7.22-ShardingSphere-Proxy 5.4.1', '', 'sharding proxy'],
  ])('%s is named for what it is', (version, comment, name) => {
    expect(judgeServer(version, comment)).toMatchObject({ result: 'fail', detail: expect.stringContaining(name) });
  });
});
