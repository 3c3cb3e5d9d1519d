import type { FactoryProvider } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { Checkpointer, ConfigError, LOGGER, type Logger, signerFromFile } from '#service';
import { BrokerConfig } from '../config/broker.config.js';

export const checkpointer: FactoryProvider<Checkpointer> = {
  provide: Checkpointer,
  inject: [DataSource, LOGGER, BrokerConfig],
  useFactory: (dataSource: DataSource, logger: Logger, { AUDIT_SIGNING_KEY_FILE: file }: BrokerConfig) =>
    new Checkpointer(dataSource, logger, file ? signer(file) : undefined),
};

/** @throws ConfigError */
function signer(file: string) {
  try {
    return signerFromFile(file);
  } catch (error) {
    throw new ConfigError([{ key: 'AUDIT_SIGNING_KEY_FILE', problem: (error as Error).message }]);
  }
}
