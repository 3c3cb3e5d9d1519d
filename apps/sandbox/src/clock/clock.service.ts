import { Injectable, Logger, type OnModuleDestroy } from '@nestjs/common';
import { type Timer, TimerQueue } from './timer-queue.domain.js';

const LONGEST_SLEEP_MS = 60_000;

/** The sandbox's time: real time, sped up and moved forward at will. */
@Injectable()
export class ClockService implements OnModuleDestroy {
  private readonly logger = new Logger('clock');
  private readonly timers = new TimerQueue();
  private virtualBase = Date.now();
  private realBase = performance.now();
  private currentSpeed = 1;
  private alarm: NodeJS.Timeout | undefined;
  private stopped = false;
  /** Told when timers have run: what exists may have changed. */
  onRun: () => void = () => {};

  get speed(): number {
    return this.currentSpeed;
  }

  now(): number {
    return Math.floor(this.virtualBase + (performance.now() - this.realBase) * this.currentSpeed);
  }

  /** Speed 0 stops the clock; it never goes back. */
  change(change: { speed?: number | undefined; jump_s?: number | undefined }): void {
    this.rebase(this.now() + (change.jump_s ?? 0) * 1000);
    if (change.speed !== undefined) this.currentSpeed = change.speed;
    this.runDue();
  }

  /** Runs `run` once, `seconds` of virtual time from now. The answer cancels it. */
  after(seconds: number, run: () => void): () => void {
    const timer: Timer = { at: this.now() + seconds * 1000, run, cancelled: false };
    this.timers.add(timer);
    this.arm();
    return () => {
      timer.cancelled = true;
    };
  }

  kept(): { virtual_ms: number; real_ms: number } {
    return { virtual_ms: this.now(), real_ms: Date.now() };
  }

  /** Goes on where it was, at its usual speed; while nobody was here, time passed as it does outside. */
  restore({ virtual_ms, real_ms }: { virtual_ms: number; real_ms: number }): void {
    this.rebase(virtual_ms + Math.max(0, Date.now() - real_ms));
  }

  reset(): void {
    this.timers.clear();
    this.currentSpeed = 1;
    this.rebase(Date.now());
    this.arm();
  }

  onModuleDestroy(): void {
    this.stopped = true;
    clearTimeout(this.alarm);
  }

  private rebase(virtual: number): void {
    this.virtualBase = virtual;
    this.realBase = performance.now();
  }

  private runDue(): void {
    // Timers that a timer sets wait for the next look, so that a high speed cannot keep this loop alive for ever.
    const now = this.now();
    for (let timer = this.timers.takeDue(now); timer; timer = this.timers.takeDue(now)) {
      try {
        timer.run();
      } catch (error) {
        this.logger.error(error);
      }
      this.onRun();
    }
    this.arm();
  }

  private arm(): void {
    clearTimeout(this.alarm);
    const next = this.timers.next;
    if (!next || this.stopped || this.currentSpeed === 0) return;
    const wait = Math.max(1, Math.ceil((next.at - this.now()) / this.currentSpeed));
    this.alarm = setTimeout(() => this.runDue(), Math.min(wait, LONGEST_SLEEP_MS));
  }
}
