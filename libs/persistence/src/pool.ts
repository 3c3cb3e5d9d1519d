import type { DataSource, Logger } from 'typeorm';
import { databaseTrouble } from './mysql/errors.js';

export interface PoolState {
  readonly used: number;
  readonly free: number;
  /** Statements that wait for a connection. */
  readonly waiting: number;
  readonly limit: number;
}

/** What mysql2's pool keeps; it offers no other way to ask. */
export interface Mysql2Pool {
  readonly _allConnections: List;
  readonly _freeConnections: List;
  readonly _connectionQueue: { readonly length: number };
  readonly config: { readonly connectionLimit: number };
  releaseConnection(connection: Mysql2Connection): void;
  query(sql: string, done: (error: Error | null, rows: unknown) => void): void;
}

export interface Mysql2Connection {
  readonly stream: { readonly destroyed: boolean; destroy(error: Error): void };
  /** `null` once it was taken out of the pool. */
  readonly _pool: object | null;
  destroy(): void;
}

interface List {
  readonly length: number;
  toArray(): readonly Mysql2Connection[];
}

/** TypeORM's own driver; it offers no other way to have a pool of one's own, or one before its server answers. */
export interface MysqlDriver {
  connect(): Promise<void>;
  pool?: Mysql2Pool;
  readonly mysql: { createPool(options: object): Mysql2Pool };
  readonly options: object;
  createConnectionOptions(options: object, credentials: object): object;
}

export function poolOf(dataSource: DataSource): Mysql2Pool | undefined {
  const { pool } = dataSource.driver as unknown as MysqlDriver;
  return pool?._allConnections && pool;
}

/** How busy the pool is; `undefined` before it is opened and after it is closed. */
export function poolState(dataSource: DataSource): PoolState | undefined {
  const pool = poolOf(dataSource);
  if (!pool) return undefined;
  const free = pool._freeConnections.length;
  return {
    used: pool._allConnections.length - free,
    free,
    waiting: pool._connectionQueue.length,
    limit: pool.config.connectionLimit,
  };
}

/** Connections that are not to be used again, by pool. */
const doomedOf = new WeakMap<Mysql2Pool, WeakSet<object>>();

/**
 * Ends the present connections, those in use as soon as they are given back: the next statements make new ones, to whatever server the
 * name now means.
 */
export function renewConnections(dataSource: DataSource): void {
  const pool = poolOf(dataSource);
  if (!pool) return;
  const known = doomedOf.get(pool);
  const doomed = known ?? new WeakSet<object>();
  if (!known) {
    doomedOf.set(pool, doomed);
    // Not the event `release`: a connection that goes on to whoever waits has none, and under load every one does.
    const release = pool.releaseConnection;
    pool.releaseConnection = (connection) => {
      if (connection._pool && doomed.has(connection)) connection.destroy();
      else release.call(pool, connection);
    };
  }
  for (const connection of pool._allConnections.toArray()) doomed.add(connection);
  for (const connection of pool._freeConnections.toArray()) connection.destroy();
}

/**
 * Ends connections at once, those in use and those being made as well: what waits on them fails now.
 * @returns how many there were.
 */
export function cutConnections(connections: readonly Mysql2Connection[]): number {
  const alive = connections.filter(({ stream }) => !stream.destroyed);
  // `destroy` of the connection would say goodbye to a server that hears nothing, and leave the statement waiting.
  for (const { stream } of alive)
    stream.destroy(
      Object.assign(new Error('Connection lost: the server does not answer'), { code: 'PROTOCOL_CONNECTION_LOST', fatal: true }),
    );
  return alive.length;
}

/** Looks at every statement that fails: after a failover the old primary goes on answering, and refuses every write. */
export class FailoverWatch implements Logger {
  dataSource: DataSource | undefined;

  logQueryError(error: string | Error): void {
    if (this.dataSource && databaseTrouble(error) === 'read-only') renewConnections(this.dataSource);
  }
  logQuery(): void {}
  logQuerySlow(): void {}
  logSchemaBuild(): void {}
  logMigration(): void {}
  log(): void {}
}
