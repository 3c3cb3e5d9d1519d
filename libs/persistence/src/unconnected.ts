import type { DataSource } from 'typeorm';

/** TypeORM's own driver; it offers no other way to have a pool before its server answers. */
interface MysqlDriver {
  connect(): Promise<void>;
  pool?: unknown;
  readonly mysql: { createPool(options: object): unknown };
  readonly options: object;
  createConnectionOptions(options: object, credentials: object): object;
}

/**
 * Makes a data source ready whose server cannot be reached: until it can, every statement fails, just as when the server goes away later.
 * Whether the schema is the right one is for the caller to look at when it is back.
 */
export async function initializeUnconnected(dataSource: DataSource): Promise<void> {
  const driver = dataSource.driver as unknown as MysqlDriver;
  const { connect } = driver;
  driver.connect = async () => {
    driver.pool = driver.mysql.createPool(driver.createConnectionOptions(driver.options, driver.options));
  };
  try {
    await dataSource.initialize();
  } finally {
    driver.connect = connect;
  }
}
