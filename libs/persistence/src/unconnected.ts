import type { DataSource } from 'typeorm';
import type { MysqlDriver } from './pool.js';

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
