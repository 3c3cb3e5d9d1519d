import type { DataSource } from 'typeorm';
import { AccessLogEntity } from '#persistence';
import type { Logger } from '../observe/logger.js';

export interface Access {
  readonly clientId?: string | undefined;
  /** For example `token.reveal`, `release.submit`. */
  readonly action: string;
  readonly componentAppid?: string | undefined;
  readonly authorizerAppid?: string | undefined;
  readonly subject?: string | undefined;
  readonly outcome: 'ok' | 'refused' | 'failed';
  readonly ip?: string | undefined;
  readonly requestId?: string | undefined;
}

const FLUSH_MS = 500;
const BATCH = 500;
/** Beyond this many unwritten entries the oldest are dropped, and that is logged as an error. */
const BUFFER = 50_000;

/** Who revealed or wrote what. Entries are written in batches, so that a read never waits for them; a stop writes the rest. */
export class AccessLog {
  private buffer: Partial<AccessLogEntity>[] = [];
  private readonly timer: NodeJS.Timeout;
  private writing: Promise<void> = Promise.resolve();

  constructor(
    private readonly dataSource: DataSource,
    private readonly app: string,
    private readonly logger: Logger,
  ) {
    this.timer = setInterval(() => void this.flush(), FLUSH_MS);
    this.timer.unref();
  }

  record(access: Access): void {
    this.buffer.push({
      at: new Date(),
      app: this.app,
      clientId: access.clientId ?? null,
      action: access.action,
      componentAppid: access.componentAppid ?? null,
      authorizerAppid: access.authorizerAppid ?? null,
      subject: access.subject ?? null,
      outcome: access.outcome,
      ip: access.ip ?? null,
      requestId: access.requestId ?? null,
    });
    if (this.buffer.length > BUFFER) {
      this.buffer.splice(0, BATCH);
      this.logger.error(
        { event: 'accesslog.overflow', dropped: BATCH },
        'The audit log cannot be written; oldest entries dropped',
      );
    }
  }

  /** Writes what has gathered. Failures keep the entries for the next time. */
  flush(): Promise<void> {
    this.writing = this.writing.then(async () => {
      while (this.buffer.length > 0) {
        const batch = this.buffer.slice(0, BATCH);
        try {
          await this.dataSource.getRepository(AccessLogEntity).insert(batch);
        } catch (error) {
          this.logger.warn(
            { event: 'accesslog.retry', waiting: this.buffer.length, code: (error as { code?: string }).code },
            'The audit log could not be written; will retry',
          );
          return;
        }
        this.buffer.splice(0, batch.length);
      }
    });
    return this.writing;
  }

  async stop(): Promise<void> {
    clearInterval(this.timer);
    await this.flush();
  }
}
