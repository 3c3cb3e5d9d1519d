import { randomBytes } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { ConsoleSessionEntity } from '#persistence';
import { CLOCK, type Clock, DomainError, Periodic } from '#service';
import { ConsoleConfig } from '../config/console.config.js';
import { ConsoleKeys } from '../security/console-keys.js';
import { Cookies } from '../security/cookies.js';
import { type Person, personSha256, sha256 } from './person.js';
import { SessionRepository } from './session.repository.js';

/** Somebody who is signed in, in one browser. */
export interface Session {
  readonly sha256: string;
  readonly publicId: string;
  readonly person: Person;
  readonly createdAt: Date;
  readonly expiresAt: Date;
}

const COOKIE = 'wxplane';
const ID = /^[\w-]{43}$/;
/** How exactly it is known when a session was last used. */
const SEEN_MS = 60_000;
const HOUR_MS = 3_600_000;

/** Sessions: in MySQL, so that any replica knows them and any ends them. What is in the cookie is stored as its hash only. */
@Injectable()
export class SessionService {
  readonly cookies: Cookies;

  constructor(
    private readonly config: ConsoleConfig,
    private readonly keys: ConsoleKeys,
    private readonly repository: SessionRepository,
    @Inject(CLOCK) private readonly clock: Clock,
    periodic: Periodic,
  ) {
    this.cookies = new Cookies(config.CONSOLE_URL.startsWith('https:'));
    periodic.every('sessions.retention', HOUR_MS, () => repository.deleteBefore(new Date(clock.now())), 'later');
  }

  /** Signs somebody in with a new id; the session that the browser had before, if any, is over. */
  async begin(request: FastifyRequest, reply: FastifyReply, person: Person): Promise<Session> {
    const former = this.idOf(request);
    const id = randomBytes(32).toString('base64url');
    const now = new Date(this.clock.now());
    const row: ConsoleSessionEntity = {
      sessionSha256: sha256(id),
      publicId: randomBytes(8).toString('hex'),
      personSha256: personSha256(person),
      person: JSON.stringify(person),
      seal: '',
      createdAt: now,
      lastSeenAt: now,
      expiresAt: new Date(now.getTime() + this.config.CONSOLE_SESSION_S * 1_000),
      endedAt: null,
      ip: request.ip.slice(0, 64),
      agent: (request.headers['user-agent'] ?? '').replace(/[^\x20-\x7e]/g, '').slice(0, 255),
    };
    row.seal = this.sealOf(row);
    await this.repository.add(row);
    if (former !== undefined) await this.repository.end({ sessionSha256: sha256(former) }, now);
    this.cookies.set(reply, COOKIE, id);
    return toSession(row);
  }

  /** @returns `undefined`: nobody is signed in */
  async find(request: FastifyRequest): Promise<Session | undefined> {
    const id = this.idOf(request);
    const row = id === undefined ? null : await this.repository.find(sha256(id));
    if (!row || !this.holds(row)) return undefined;
    const now = this.clock.now();
    if (now - row.lastSeenAt.getTime() >= SEEN_MS) await this.repository.seen(row.sessionSha256, new Date(now));
    return toSession(row);
  }

  /** @throws DomainError `unauthenticated` */
  async require(request: FastifyRequest): Promise<Session> {
    const session = await this.find(request);
    if (!session) throw new DomainError('unauthenticated', 'Nobody is signed in here, or the session is over. Sign in.');
    return session;
  }

  /** Of these sessions those that are over. */
  async ended(sha256s: readonly string[]): Promise<ReadonlySet<string>> {
    const rows = sha256s.length === 0 ? [] : await this.repository.findAll(sha256s);
    const alive = new Set(rows.filter((row) => this.holds(row)).map((row) => row.sessionSha256));
    return new Set(sha256s.filter((one) => !alive.has(one)));
  }

  async end(reply: FastifyReply, session: Session): Promise<void> {
    await this.repository.end({ sessionSha256: session.sha256 }, new Date(this.clock.now()));
    this.cookies.set(reply, COOKIE, '', 0);
  }

  mine({ person }: Session): Promise<ConsoleSessionEntity[]> {
    return this.repository.ofPerson(personSha256(person)).then((rows) => rows.filter((row) => this.holds(row)));
  }

  endOneOfMine({ person }: Session, publicId: string): Promise<boolean> {
    return this.repository.end({ personSha256: personSha256(person), publicId }, new Date(this.clock.now()));
  }

  endOthersOfMine({ person, sha256 }: Session): Promise<number> {
    return this.repository.endOthers(personSha256(person), sha256, new Date(this.clock.now()));
  }

  /** Whether the sign-in is recent enough for what cannot be taken back. */
  isFresh({ person }: Session): boolean {
    const ageMs = person.authTime === null ? Number.POSITIVE_INFINITY : this.clock.now() - person.authTime;
    return ageMs <= this.config.CONSOLE_STEP_UP_S * 1_000;
  }

  private holds(row: ConsoleSessionEntity): boolean {
    const now = this.clock.now();
    return (
      row.endedAt === null &&
      row.expiresAt.getTime() > now &&
      now - row.lastSeenAt.getTime() <= this.config.CONSOLE_SESSION_IDLE_S * 1_000 &&
      row.seal === this.sealOf(row)
    );
  }

  /** Whoever writes to the database can end sessions, not make one, nor make somebody of somebody else. */
  private sealOf({ sessionSha256, publicId, personSha256, person, createdAt, expiresAt }: ConsoleSessionEntity): string {
    return this.keys.seal([sessionSha256, publicId, personSha256, person, createdAt.getTime(), expiresAt.getTime()]);
  }

  private idOf(request: FastifyRequest): string | undefined {
    const id = this.cookies.read(request, COOKIE);
    return id !== undefined && ID.test(id) ? id : undefined;
  }
}

const toSession = (row: ConsoleSessionEntity): Session => ({
  sha256: row.sessionSha256,
  publicId: row.publicId,
  person: JSON.parse(row.person) as Person,
  createdAt: row.createdAt,
  expiresAt: row.expiresAt,
});
