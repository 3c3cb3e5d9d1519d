import { Injectable } from '@nestjs/common';
import { World } from '../world/world.service.js';
import { maskBody, maskQuery } from './mask.domain.js';

const KEPT_CALLS = 5000;
const KEPT_BODY = 2048;

export interface CallRecord {
  readonly id: number;
  readonly at_ms: number;
  readonly method: string;
  readonly path: string;
  readonly rid: string;
  readonly ip: string;
  appid: string;
  component_appid: string;
  errcode: number;
  http_status: number;
  ms: number;
  fault: string | undefined;
  /** The account in whose API security mode it came, encrypted and signed. */
  secured: string | undefined;
  query: string;
  request: string;
  response: string;
}

/** The last upstream calls (bounded) and how many there were per path and account. */
@Injectable()
export class CallRecorder {
  private readonly ring: CallRecord[] = [];
  private readonly byRid = new Map<string, CallRecord>();
  private counts = new Map<string, Map<string, number>>();
  private nextId = 1;

  constructor(world: World) {
    world.onReset(() => this.clear());
  }

  get nextRecordId(): number {
    return this.nextId++;
  }

  count(path: string, appid: string): void {
    const accounts = this.counts.get(path) ?? new Map<string, number>();
    this.counts.set(path, accounts);
    accounts.set(appid, (accounts.get(appid) ?? 0) + 1);
  }

  keep(record: CallRecord): void {
    record.request = record.request.slice(0, KEPT_BODY);
    record.response = record.response.slice(0, KEPT_BODY);
    const slot = (record.id - 1) % KEPT_CALLS;
    const former = this.ring[slot];
    if (former) this.byRid.delete(former.rid);
    this.ring[slot] = record;
    this.byRid.set(record.rid, record);
  }

  find(rid: string): CallRecord | undefined {
    return this.byRid.get(rid);
  }

  /** Newest first. */
  list(filter: { path?: string; appid?: string; errcode?: number; limit: number }, reveal: boolean) {
    const found = this.ring
      .filter(
        (call) =>
          call &&
          (!filter.path || call.path === filter.path) &&
          (!filter.appid || call.appid === filter.appid || call.component_appid === filter.appid) &&
          (filter.errcode === undefined || call.errcode === filter.errcode),
      )
      .sort((a, b) => b.id - a.id);
    const calls = found.slice(0, filter.limit);
    return { total: found.length, calls: reveal ? calls : calls.map(masked) };
  }

  totals(path?: string): Record<string, number> {
    return Object.fromEntries(
      [...this.counts]
        .filter(([counted]) => !path || counted === path)
        .map(([counted, accounts]) => [counted, [...accounts.values()].reduce((sum, count) => sum + count, 0)]),
    );
  }

  totalsByAccount(path?: string): Record<string, Record<string, number>> {
    return Object.fromEntries(
      [...this.counts]
        .filter(([counted]) => !path || counted === path)
        .map(([counted, accounts]) => [counted, Object.fromEntries(accounts)]),
    );
  }

  clear(): void {
    this.ring.length = 0;
    this.byRid.clear();
    this.counts = new Map();
    this.nextId = 1;
  }
}

const masked = (call: CallRecord): CallRecord => ({
  ...call,
  query: maskQuery(call.query),
  request: maskBody(call.request),
  response: maskBody(call.response),
});
