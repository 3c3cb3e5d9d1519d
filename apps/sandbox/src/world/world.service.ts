import { ConflictException, Injectable, NotFoundException } from '@nestjs/common';
import { ClockService } from '../clock/clock.service.js';
import { type AppCode, type AuditTicket, newAppCode } from './app-code.js';
import type { AuthCode, Authorization, Component, Merchant, PreAuthCode, Token, TokenLife } from './model.js';
import { DEFAULT_SETTINGS, type Settings } from './settings.js';

const MAX_CODES = 50_000;
const MAX_LIVES = 50_000;
const MAX_MEDIA = 2_000;

export interface Media {
  readonly appid: string;
  readonly contentType: string;
  readonly bytes: Buffer;
  readonly expiresAt: number;
}

interface Part {
  readonly read: () => unknown;
  readonly restore: (kept: unknown) => void;
}

/** What exists: components, merchants, tokens, codes. Features hold the rules. */
@Injectable()
export class World {
  readonly settings: Settings = { ...DEFAULT_SETTINGS };
  readonly components = new Map<string, Component>();
  readonly merchants = new Map<string, Merchant>();
  readonly tokens = new Map<string, Token>();
  /** Of tokens that were forgotten. */
  readonly tokenLives = new Map<string, TokenLife>();
  readonly authCodes = new Map<string, AuthCode>();
  readonly preAuthCodes = new Map<string, PreAuthCode>();
  readonly audits = new Map<number, AuditTicket>();
  readonly media = new Map<string, Media>();
  private readonly resets: Array<() => void> = [];
  private readonly parts = new Map<string, Part>();
  private readonly wakes: Array<() => void> = [];

  constructor(readonly clock: ClockService) {
    const { components, merchants, tokens, tokenLives, authCodes, preAuthCodes, audits, media } = this;
    this.keepMaps('world', { components, merchants, tokens, tokenLives, authCodes, preAuthCodes, audits, media });
    this.keep(
      'settings',
      () => this.settings,
      (kept) => Object.assign(this.settings, kept),
    );
    this.keep(
      'clock',
      () => this.clock.kept(),
      (kept) => this.clock.restore(kept),
    );
  }

  get now(): number {
    return this.clock.now();
  }

  get nowS(): number {
    return Math.floor(this.clock.now() / 1000);
  }

  /** A feature with records of its own says here how to forget them. */
  onReset(forget: () => void): void {
    this.resets.push(forget);
  }

  /** A feature with records of its own that a restart shall not forget names them here. They may point to each other, also across features. */
  keep<T>(name: string, read: () => T, restore: (kept: T) => void): void {
    this.parts.set(name, { read, restore: (kept) => restore(kept as T) });
  }

  /** `keep` for maps, which stay the same objects. */
  // biome-ignore lint/suspicious/noExplicitAny: maps of whatever the feature holds
  keepMaps(name: string, maps: Readonly<Record<string, Map<any, any>>>): void {
    this.keep(
      name,
      () => maps,
      (kept) => {
        for (const [key, map] of Object.entries(maps)) for (const [id, value] of kept[key] ?? []) map.set(id, value);
      },
    );
  }

  /** A feature whose timers stood still says here how to set them again; called when everything else is there. */
  onWake(wake: () => void): void {
    this.wakes.push(wake);
  }

  wake(): void {
    for (const wake of this.wakes) wake();
  }

  kept(): unknown {
    return Object.fromEntries([...this.parts].map(([name, part]) => [name, part.read()]));
  }

  restore(kept: unknown): void {
    for (const [name, value] of Object.entries(kept as Record<string, unknown>)) this.parts.get(name)?.restore(value);
    // A write that was under way has ended with the process.
    for (const merchant of this.merchants.values()) merchant.busy = false;
  }

  reset(): void {
    for (const map of [this.components, this.merchants, this.tokens, this.tokenLives, this.authCodes, this.preAuthCodes])
      map.clear();
    for (const map of [this.audits, this.media]) map.clear();
    Object.assign(this.settings, DEFAULT_SETTINGS);
    for (const forget of this.resets) forget();
  }

  component(appid: string): Component {
    const found = this.components.get(appid);
    if (!found) throw new NotFoundException(`no component ${appid}`);
    return found;
  }

  merchant(appid: string): Merchant {
    const found = this.merchants.get(appid);
    if (!found) throw new NotFoundException(`no merchant ${appid}`);
    return found;
  }

  authorization(componentAppid: string, merchantAppid: string): Authorization {
    const found = this.component(componentAppid).authorizations.get(merchantAppid);
    if (!found) throw new NotFoundException(`${merchantAppid} has not authorized ${componentAppid}`);
    return found;
  }

  /** The component that a merchant-sided action is about, when the caller names none. */
  componentOf(merchantAppid: string, componentAppid?: string): Component {
    if (componentAppid) return this.component(componentAppid);
    for (const component of this.components.values()) if (component.authorizations.has(merchantAppid)) return component;
    throw new ConflictException(`${merchantAppid} has authorized no component`);
  }

  appCode(merchant: Merchant): AppCode {
    merchant.code ??= newAppCode();
    return merchant.code;
  }

  keepAuthCode(code: AuthCode): void {
    keepBounded(this.authCodes, code.value, code, MAX_CODES);
  }

  keepTokenLife(token: string, life: TokenLife): void {
    keepBounded(this.tokenLives, token, life, MAX_LIVES);
  }

  keepPreAuthCode(code: PreAuthCode): void {
    keepBounded(this.preAuthCodes, code.value, code, MAX_CODES);
  }

  keepMedia(id: string, media: Media): void {
    keepBounded(this.media, id, media, MAX_MEDIA);
  }
}

/** Adds to a map and drops the oldest entry beyond `limit`. */
export function keepBounded<K, V>(map: Map<K, V>, key: K, value: V, limit: number): void {
  map.set(key, value);
  if (map.size <= limit) return;
  const oldest = map.keys().next();
  if (!oldest.done) map.delete(oldest.value);
}
