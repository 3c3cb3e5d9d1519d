import { Injectable } from '@nestjs/common';
import { refuse } from '../protocol/errors.domain.js';
import { beijingDay, beijingMonth } from '../world/beijing.js';
import type { Component } from '../world/model.js';
import { World } from '../world/world.service.js';

const DEFAULT_DAILY = 1_000_000;
const CLEARS_PER_MONTH = 10;

interface Usage {
  day: string;
  used: number;
  minute: number;
  usedInMinute: number;
}

interface Limit {
  daily?: number;
  perMinute?: number;
}

/** Daily and minute limits per path and account, and the monthly number of quota clears. */
@Injectable()
export class Quotas {
  private readonly usage = new Map<string, Usage>();
  private readonly limits = new Map<string, Limit>();
  private readonly defaults = new Map<string, Limit>([['/cgi-bin/component/api_component_token', { daily: 10_000 }]]);
  private readonly clears = new Map<string, { month: string; used: number }>();

  constructor(private readonly world: World) {
    world.keepMaps('quotas', { usage: this.usage, limits: this.limits, clears: this.clears });
    world.onReset(() => {
      for (const map of [this.usage, this.limits, this.clears]) map.clear();
    });
  }

  /** Counts one call. Refuses with 45009 or 45011 when the account has used up its share. */
  spend(path: string, appid: string): void {
    const usage = this.usageOf(path, appid);
    const { daily, perMinute } = this.limitOf(path, appid);
    refuse(usage.used >= daily, 45009);
    const minute = Math.floor(this.world.now / 60_000);
    if (usage.minute !== minute) Object.assign(usage, { minute, usedInMinute: 0 });
    refuse(perMinute !== undefined && usage.usedInMinute >= perMinute, 45011);
    usage.used++;
    usage.usedInMinute++;
  }

  read(path: string, appid: string) {
    const { daily, perMinute } = this.limitOf(path, appid);
    const used = this.usageOf(path, appid).used;
    const rate = { call_count: perMinute ?? 6000, refresh_second: 60 };
    return {
      quota: { daily_limit: daily, used, remain: Math.max(0, daily - used) },
      rate_limit: rate,
      component_rate_limit: rate,
    };
  }

  /** What an API allows of itself, until the control API says otherwise. */
  byDefault(path: string, limit: Limit): void {
    this.defaults.set(path, limit);
  }

  setLimit(path: string, appid: string | undefined, limit: Limit): void {
    const key = `${path}|${appid ?? '*'}`;
    this.limits.set(key, { ...this.limits.get(key), ...limit });
  }

  setUsed(path: string, appid: string, used: number): void {
    this.usageOf(path, appid).used = used;
  }

  clearPath(path: string, appid: string): void {
    this.usage.delete(`${path}|${appid}`);
  }

  /** clear_quota: ten times a month per account, 48006 after that. */
  clear(appid: string): void {
    this.useClear(appid);
    for (const key of this.usage.keys()) if (key.endsWith(`|${appid}`)) this.usage.delete(key);
  }

  /** One of the ten of a month. */
  useClear(appid: string): void {
    const month = beijingMonth(this.world.now);
    const clears = this.clears.get(appid);
    const used = clears?.month === month ? clears.used : 0;
    refuse(used >= CLEARS_PER_MONTH, 48006);
    this.clears.set(appid, { month, used: used + 1 });
  }

  /** This month's submissions and speed-ups of a platform. */
  monthly(component: Component): Component['monthly'] {
    const month = beijingMonth(this.world.now);
    if (component.monthly.month !== month) Object.assign(component.monthly, { month, submitUsed: 0, speedupUsed: 0 });
    return component.monthly;
  }

  private limitOf(path: string, appid: string): { daily: number; perMinute: number | undefined } {
    const all = this.limits.size === 0 ? undefined : this.limits.get(`${path}|*`);
    const usual = this.defaults.get(path);
    const own = this.limits.size === 0 ? undefined : this.limits.get(`${path}|${appid}`);
    return {
      daily: own?.daily ?? all?.daily ?? usual?.daily ?? DEFAULT_DAILY,
      perMinute: own?.perMinute ?? all?.perMinute ?? usual?.perMinute,
    };
  }

  private usageOf(path: string, appid: string): Usage {
    const key = `${path}|${appid}`;
    const day = beijingDay(this.world.now);
    const usage = this.usage.get(key) ?? { day, used: 0, minute: 0, usedInMinute: 0 };
    this.usage.set(key, usage);
    if (usage.day !== day) Object.assign(usage, { day, used: 0 });
    return usage;
  }
}
