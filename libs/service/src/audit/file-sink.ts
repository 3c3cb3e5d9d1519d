import { close, fdatasync, openSync, write as writeTo } from 'node:fs';
import { promisify } from 'node:util';
import { type ChainedEntry, toDocument } from './chain.js';
import type { SecondSink } from './second-sink.js';

const writeFd = promisify(writeTo) as unknown as (fd: number, data: Buffer, offset: number) => Promise<{ bytesWritten: number }>;
const sync = promisify(fdatasync);
const closeFd = promisify(close);

const lines = (entries: readonly ChainedEntry[]): Buffer =>
  Buffer.from(entries.map((entry) => `${JSON.stringify({ level: 'info', event: 'audit', ...toDocument(entry) })}\n`).join(''));

/** Lines at the end of a file: one `fdatasync` for all that came while the one before was under way. */
export class FileSink implements SecondSink {
  private readonly fd: number;

  /** @throws Error of the system, when the file cannot be opened */
  constructor(file: string) {
    this.fd = openSync(file, 'a', 0o600);
  }

  async append(entries: readonly ChainedEntry[]): Promise<void> {
    const data = lines(entries);
    for (let offset = 0; offset < data.length; ) offset += (await writeFd(this.fd, data, offset)).bytesWritten;
    await sync(this.fd);
  }

  close(): Promise<void> {
    return closeFd(this.fd);
  }
}

/** Lines of the log: an entry counts as kept when the pipe has it, and outlasts this process so. */
export class LogSink implements SecondSink {
  constructor(private readonly out: Pick<NodeJS.WriteStream, 'write'> = process.stdout) {}

  append(entries: readonly ChainedEntry[]): Promise<void> {
    return new Promise((resolve, reject) => this.out.write(lines(entries), (error) => (error ? reject(error) : resolve())));
  }

  async close(): Promise<void> {}
}

/** @param where `stdout`, or a file; empty: there is no second sink */
export function secondSink(where: string | undefined): SecondSink | undefined {
  if (!where) return undefined;
  return where === 'stdout' ? new LogSink() : new FileSink(where);
}
