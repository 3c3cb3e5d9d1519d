import type { DataSource } from 'typeorm';
import { cutConnections, type Mysql2Pool, type MysqlDriver } from './pool.js';

/** The server said nothing in time. */
export class SilentError extends Error {
  readonly code = 'ETIMEDOUT';
}

/**
 * One connection beside the pool, made when it is needed: what asks on it gets its answer though every connection of the pool is taken,
 * and does not wait for a server that went away without a word.
 */
export class SideConnection {
  private pool: Mysql2Pool | undefined;

  constructor(private readonly dataSource: DataSource) {}

  /** @throws SilentError when there is no answer in time: the connection is given up, and the next question makes a new one. */
  query<Row>(sql: string, withinMs: number): Promise<Row[]> {
    this.pool ??= this.open();
    const { pool } = this;
    return new Promise((resolve, reject) => {
      let answered = false;
      const giveUp = () => {
        if (answered) return;
        reject(new SilentError(`MySQL did not answer in ${withinMs} ms`));
        cutConnections(pool._allConnections.toArray());
      };
      // If it was this process that stood still, the answer is there and only has to be read.
      const timer = setTimeout(() => setImmediate(giveUp), withinMs);
      pool.query(sql, (error, rows) => {
        answered = true;
        clearTimeout(timer);
        if (error) reject(error);
        else resolve(rows as Row[]);
      });
    });
  }

  /** The next question makes a new connection, to whatever server the name means then. */
  close(): void {
    const { pool } = this;
    this.pool = undefined;
    if (pool) cutConnections(pool._allConnections.toArray());
  }

  private open(): Mysql2Pool {
    const driver = this.dataSource.driver as unknown as MysqlDriver;
    return driver.mysql.createPool({
      ...driver.createConnectionOptions(driver.options, driver.options),
      connectionLimit: 1,
      maxIdle: 1,
    });
  }
}
