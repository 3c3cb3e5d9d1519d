import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { deserialize, serialize } from 'node:v8';
import { Injectable, Logger, type OnModuleDestroy } from '@nestjs/common';
import { World } from '../world/world.service.js';
import { fromFormat1 } from './former-world.js';

/** Raised when what is kept takes another shape: a file of the former number is taken over, one of another number set aside. */
const FORMAT = 2;
/** What no request waits for (timers, counters of reads) is on disk after this long at the latest. */
const SOON_MS = 500;

interface Kept {
  readonly format: number;
  readonly world: unknown;
}

/**
 * Keeps the world in a file, so that a restart forgets nobody. The file is replaced as a whole: after a kill it holds the world as it was
 * at one moment. It is in V8's own form, which keeps maps, bytes, and who points to whom.
 */
@Injectable()
export class Memory implements OnModuleDestroy {
  private readonly logger = new Logger('memory');
  private file: string | undefined;
  private timer: NodeJS.Timeout | undefined;

  constructor(private readonly world: World) {}

  /** From now on the world lives in this file; what it holds is taken over. */
  open(file: string): void {
    const kept = this.read(file);
    if (kept) this.world.restore(kept.world);
    this.file = file;
    this.world.clock.onRun = () => this.saveSoon();
  }

  /** Before an answer goes out: what it says was done is on disk by then. Reads change little, and nobody relies on it. */
  beforeAnswer(method: string): void {
    if (method === 'GET' || method === 'HEAD') this.saveSoon();
    else this.save();
  }

  private save(): void {
    if (!this.file) return;
    clearTimeout(this.timer);
    this.timer = undefined;
    const kept: Kept = { format: FORMAT, world: this.world.kept() };
    // It holds secrets of components.
    writeFileSync(`${this.file}.new`, serialize(kept), { mode: 0o600 });
    renameSync(`${this.file}.new`, this.file);
  }

  private saveSoon(): void {
    if (!this.file) return;
    this.timer ??= setTimeout(() => this.save(), SOON_MS);
    this.timer.unref();
  }

  onModuleDestroy(): void {
    this.save();
  }

  private read(file: string): Kept | undefined {
    let bytes: Buffer;
    try {
      bytes = readFileSync(file);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
      throw new Error(`SANDBOX_STATE_FILE ${file} cannot be read (${(error as NodeJS.ErrnoException).code})`);
    }
    try {
      const kept = deserialize(bytes) as Kept;
      if (kept.format === FORMAT) return kept;
      if (kept.format === 1) return { format: FORMAT, world: fromFormat1(kept.world) };
    } catch {
      // Not ours; said below.
    }
    renameSync(file, `${file}.unreadable`);
    this.logger.warn(`${file} is not of this version: set aside as ${file}.unreadable; the world begins anew`);
    return undefined;
  }
}
