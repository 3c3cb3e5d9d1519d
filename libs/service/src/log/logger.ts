import { Writable } from 'node:stream';
import type { LoggerService } from '@nestjs/common';
import { type DestinationStream, type Logger, pino, stdSerializers } from 'pino';
import { REDACTED_PATHS, redact } from './redact.js';

export type { Logger } from 'pino';

/** Injection token of the process's logger. */
export const LOGGER = Symbol('logger');

export interface LoggerOptions {
  readonly app: string;
  readonly level: string;
  readonly format?: 'json' | 'pretty';
  /** Where lines go. Default: standard output. */
  readonly destination?: Writable;
}

/**
 * The one logger of a process: JSON lines, secrets hidden by path and by pattern.
 * A level is a promise to whoever is on call: `error` = someone must act, `warn` = heals itself.
 */
export async function createLogger(options: LoggerOptions): Promise<Logger> {
  const out = options.destination ?? process.stdout;
  let sink: DestinationStream = { write: (line: string) => void out.write(redact(line)) };
  if (options.format === 'pretty') {
    const { default: pretty } = await import('pino-pretty');
    const stream = pretty({ destination: out, ignore: 'pid,hostname,app', sync: true });
    sink = { write: (line: string) => void stream.write(redact(line)) };
  }
  return pino(
    {
      level: options.level,
      base: { app: options.app },
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      redact: { paths: REDACTED_PATHS, censor: '***' },
      serializers: { err: stdSerializers.errWithCause },
    },
    sink,
  );
}

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
      message instanceof Error ? message.message : String(message),
    );
  }
  debug(message: unknown, context?: string): void {
    this.logger.trace({ context }, String(message));
  }
  verbose(message: unknown, context?: string): void {
    this.logger.trace({ context }, String(message));
  }
}
