import { IsOptional, IsString, IsUrl } from 'class-validator';
import type { DataSource } from 'typeorm';
import { createDataSource } from '#persistence';
import { EnvBoolean, loadConfig } from '#service';

class DatabaseConfig {
  @IsUrl(
    { protocols: ['mysql'], require_tld: false, require_protocol: true },
    { message: 'must be mysql://user:password@host:port/schema' },
  )
  readonly DATABASE_URL!: string;
  @EnvBoolean() readonly DATABASE_TLS: boolean = false;
  @IsOptional() @IsString() readonly DATABASE_CA_FILE?: string;
}

/** Runs `work` with an open data source of DATABASE_URL, and closes it. */
export async function withDatabase<T>(work: (dataSource: DataSource) => Promise<T>): Promise<T> {
  // biome-ignore lint/style/noProcessEnv: the one place where the tool reads its environment
  const { DATABASE_URL, DATABASE_TLS, DATABASE_CA_FILE } = loadConfig(DatabaseConfig, process.env);
  const dataSource = createDataSource({ url: DATABASE_URL, poolSize: 2, tls: DATABASE_CA_FILE ?? DATABASE_TLS });
  try {
    await dataSource.initialize();
  } catch (error) {
    throw new Error(
      `DATABASE_URL: the database cannot be reached (${(error as { code?: string }).code ?? (error as Error).message})`,
    );
  }
  try {
    return await work(dataSource);
  } finally {
    await dataSource.destroy();
  }
}
