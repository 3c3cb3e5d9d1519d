import { Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { AccessLog, type Caller, ClientStore, callerId, DomainError, type RequestAccess } from '#service';
import { ConsoleConfig } from '../config/console.config.js';
import { Assertions } from './assertions.js';
import { type Person, subjectOf } from './person.js';
import type { Session } from './session.service.js';

/** What the apps make of a person, by the same file and the same code; and what is written down of them. */
@Injectable()
export class Who {
  constructor(
    private readonly config: ConsoleConfig,
    private readonly assertions: Assertions,
    private readonly clients: ClientStore,
    private readonly log: AccessLog,
  ) {}

  /** @throws DomainError `unavailable`: the identity file does not know the console as an issuer */
  async callerOf(session: Session, address: string): Promise<Caller> {
    try {
      return await this.clients.authenticate(await this.assertions.of(session), address);
    } catch (error) {
      // It is the console that is not known, not the person who would have to sign in again.
      if (!(error instanceof DomainError) || error.code !== 'unauthenticated') throw error;
      throw new DomainError(
        'unavailable',
        'The identity file that this console was given does not name it as an issuer: see docs/console.md.',
        { retryAfterS: 60, cause: error },
      );
    }
  }

  /** In the audit log, before the answer goes out where the log is `required`. */
  async note(request: FastifyRequest, person: Person | undefined, access: RequestAccess): Promise<void> {
    await this.log.recordAnswer(person && this.nobodyYet(person), request, access);
  }

  /** A person who has signed in here is known, whatever the apps let them do. */
  private nobodyYet(person: Person): Caller {
    const subject = subjectOf(person);
    const { personId, name } = person;
    const id = callerId(this.config.CONSOLE_URL, subject);
    return {
      clientId: id,
      name,
      actor: { kind: 'person', id, name, issuer: this.config.CONSOLE_URL, subject, personId },
      permissions: new Set(),
      components: undefined,
      authorizers: undefined,
      rateLimitPerS: undefined,
      proxyPaths: undefined,
      returnHosts: undefined,
    };
  }
}
