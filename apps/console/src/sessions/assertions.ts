import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { SignJWT } from 'jose';
import { LRUCache } from 'lru-cache';
import { ConsoleConfig } from '../config/console.config.js';
import { ConsoleKeys } from '../security/console-keys.js';
import { subjectOf } from './person.js';
import type { Session } from './session.service.js';

/** An assertion is good for so long, and used for less. */
const LIVES_S = 60;
const USED_MS = 25_000;

/**
 * Says to the apps who acts: a token of a minute, signed by the console, which they trust as an issuer of their identity file. It leaves this
 * process towards the apps only; a browser never has one.
 */
@Injectable()
export class Assertions {
  private readonly made = new LRUCache<string, Promise<string>>({ max: 10_000, ttl: USED_MS });

  constructor(
    private readonly config: ConsoleConfig,
    private readonly keys: ConsoleKeys,
  ) {}

  of(session: Session): Promise<string> {
    const known = this.made.get(session.sha256);
    if (known) return known;
    const made = this.sign(session);
    this.made.set(session.sha256, made);
    return made;
  }

  private sign({ person }: Session): Promise<string> {
    const { jwk, privateKey } = this.keys.signing;
    const { personId, name, groups, amr, authTime } = person;
    return new SignJWT({
      name,
      person: personId,
      groups: [...groups],
      amr: [...amr],
      ...(authTime === null ? {} : { auth_time: Math.floor(authTime / 1_000) }),
    })
      .setProtectedHeader({ alg: jwk.alg, kid: jwk.kid, typ: 'JWT' })
      .setIssuer(this.config.CONSOLE_URL)
      .setAudience(this.config.CONSOLE_AUDIENCE)
      .setSubject(subjectOf(person))
      .setIssuedAt()
      .setExpirationTime(`${LIVES_S}s`)
      .setJti(randomUUID())
      .sign(privateKey);
  }
}
