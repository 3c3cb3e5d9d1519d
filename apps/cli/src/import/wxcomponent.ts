import { createConnection, type RowDataPacket } from 'mysql2/promise';
import { isLocal } from '#base';
import { isOfTheSchema } from '#persistence';
import { CliError } from '../shell/failure.js';
import type { SourceRow } from './source-row.domain.js';

interface Row extends RowDataPacket {
  readonly id: number;
  readonly appid: string | null;
  readonly nickname: string | null;
  readonly refreshtoken: string | null;
  readonly authtime: string | null;
}

const PAGE = 1_000;

/**
 * Reads the table `authorizers` of wxcomponent (微管家). It serves one component and keeps its appid outside its database; its times
 * are local.
 * @param zone offset of its clock, such as `+08:00`
 * @param insecure without TLS also from another machine
 * @throws CliError when it cannot be reached or is no such database
 */
export async function readWxcomponent(url: string, zone: string, insecure = false): Promise<SourceRow[]> {
  const rows: SourceRow[] = [];
  const tls = insecure || isLocal(new URL(url)) ? {} : { ssl: { rejectUnauthorized: true } };
  try {
    const connection = await createConnection({ uri: url, charset: 'utf8mb4', dateStrings: true, connectTimeout: 5_000, ...tls });
    try {
      for (let after = 0; ; ) {
        const [page] = await connection.query<Row[]>(
          'SELECT id, appid, nickname, refreshtoken, authtime FROM authorizers WHERE id > ? ORDER BY id LIMIT ?',
          [after, PAGE],
        );
        for (const row of page) rows.push(toSource(row, zone));
        if (page.length < PAGE) return rows;
        after = page.at(-1)?.id ?? Number.POSITIVE_INFINITY;
      }
    } finally {
      await connection.end();
    }
  } catch (error) {
    const { code, message } = error as { code?: string; message: string };
    if (isOfTheSchema(error))
      throw new CliError('IMPORT_DATABASE_URL: this is not a database of wxcomponent', {
        remedy: 'It has a table "authorizers" with appid, refreshtoken and authtime.',
      });
    if (code === 'HANDSHAKE_NO_SSL_SUPPORT' || code === 'HANDSHAKE_SSL_ERROR')
      throw new CliError('IMPORT_DATABASE_URL: the database gives no TLS with a certificate that can be checked', {
        remedy: 'Refresh tokens come from there: give it a certificate, or say --insecure if nobody can listen on the way.',
      });
    throw new CliError(`IMPORT_DATABASE_URL: the database cannot be read (${code ?? message})`);
  }
}

function toSource(row: Row, zone: string): SourceRow {
  const time = row.authtime ? new Date(`${row.authtime.replace(' ', 'T')}${zone}`) : undefined;
  return {
    place: `id ${row.id}`,
    appid: row.appid?.trim() ?? '',
    refreshToken: row.refreshtoken?.trim() ?? '',
    name: row.nickname ?? undefined,
    ...(time && !Number.isNaN(time.getTime()) ? { grantedAt: time } : {}),
  };
}
