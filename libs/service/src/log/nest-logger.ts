import type { LoggerService } from '@nestjs/common';
import type { Logger } from 'pino';
import { withoutValues } from '#persistence';

/** Lets Nest speak through the process's logger. Nest's start-up chatter is `debug`. */
export class NestLogger implements LoggerService {
  constructor(private readonly logger: Logger) {}
  log(message: unknown, context?: string): void {
    this.logger.debug({ context }, String(message));
  }
  warn(message: unknown, context?: string): void {
    this.logger.warn({ context }, String(message));
  }
  error(message: unknown, stackOrContext?: string): void {
    this.logger.error(
      { detail: stackOrContext, ...(message instanceof Error ? { err: message } : {}) },
      message instanceof Error ? withoutValues(message).message : String(message),
    );
  }
  debug(message: unknown, context?: string): void {
    this.logger.trace({ context }, String(message));
  }
  verbose(message: unknown, context?: string): void {
    this.logger.trace({ context }, String(message));
  }
}
