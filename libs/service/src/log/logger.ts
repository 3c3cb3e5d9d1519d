import { Writable } from 'node:stream';
import { type DestinationStream, type LogFn, type Logger, pino, stdSerializers } from 'pino';
import { withoutValues } from '#persistence';
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
      formatters: { level: (label) => ({ level: label }), log: serializeErrors },
      // By then serialized, under whatever name.
      serializers: { err: (error: unknown) => error },
      hooks: { logMethod: nameErrors },
      redact: { paths: REDACTED_PATHS, censor: '***' },
    },
    sink,
  );
}

/** An error in the place of the record would give its message away as the line's. */
function nameErrors(this: Logger, args: Parameters<LogFn>, method: LogFn): void {
  const [first, message] = args as unknown[];
  if (first instanceof Error) method.apply(this, [{ err: first }, message ?? withoutValues(first).message] as never);
  else method.apply(this, args);
}

/** Whatever an error is called in a record: none brings the values of a statement along. */
function serializeErrors(record: Record<string, unknown>): Record<string, unknown> {
  if (!Object.values(record).some((value) => value instanceof Error)) return record;
  return Object.fromEntries(
    Object.entries(record).map(([key, value]) => [
      key,
      value instanceof Error ? stdSerializers.errWithCause(withoutValues(value)) : value,
    ]),
  );
}
