import { Controller, Delete, Get, HttpCode, Param, Post, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { DomainError, Public } from '#service';
import { ConsoleConfig } from '../config/console.config.js';
import { LOCAL_ISSUER, subjectOf } from './person.js';
import { SessionPath } from './session.dto.js';
import { SessionService } from './session.service.js';
import { Who } from './who.js';

/** Who somebody is, and where they are signed in. For the console's own pages. */
@Controller('api')
@Public()
export class SessionController {
  constructor(
    private readonly config: ConsoleConfig,
    private readonly sessions: SessionService,
    private readonly who: Who,
  ) {}

  @Get('me')
  async me(@Req() request: FastifyRequest) {
    const session = await this.sessions.require(request);
    const { person } = session;
    const caller = await this.who.callerOf(session, request.ip);
    return {
      name: person.name,
      subject: subjectOf(person),
      person_id: person.personId,
      local: person.issuer === LOCAL_ISSUER,
      groups: person.groups,
      permissions: [...caller.permissions].sort(),
      session_id: session.publicId,
      session_ends_at: session.expiresAt.toISOString(),
      /** Until then nothing asks for another sign-in; `null`: everything that cannot be taken back does. */
      fresh_until:
        person.authTime === null ? null : new Date(person.authTime + this.config.CONSOLE_STEP_UP_S * 1_000).toISOString(),
    };
  }

  @Get('sessions')
  async list(@Req() request: FastifyRequest) {
    const session = await this.sessions.require(request);
    const rows = await this.sessions.mine(session);
    return {
      items: rows.map(({ publicId, createdAt, lastSeenAt, expiresAt, ip, agent }) => ({
        session_id: publicId,
        current: publicId === session.publicId,
        created_at: createdAt.toISOString(),
        last_seen_at: lastSeenAt.toISOString(),
        expires_at: expiresAt.toISOString(),
        ip,
        agent,
      })),
    };
  }

  @Delete('sessions/:public_id')
  @HttpCode(204)
  async endOne(@Param() { public_id }: SessionPath, @Req() request: FastifyRequest) {
    const session = await this.sessions.require(request);
    if (!(await this.sessions.endOneOfMine(session, public_id)))
      throw new DomainError('not-found', 'You have no such session, or it is over already.');
    await this.who.note(request, session.person, { action: 'console.session-ended', subject: public_id });
  }

  @Post('sessions/end-others')
  @HttpCode(200)
  async endOthers(@Req() request: FastifyRequest) {
    const session = await this.sessions.require(request);
    const ended = await this.sessions.endOthersOfMine(session);
    await this.who.note(request, session.person, { action: 'console.session-ended', subject: `${ended} others` });
    return { ended };
  }

  /** Nobody has to be signed in: whoever wants to be out is out. */
  @Post('sign-out')
  @HttpCode(204)
  async signOut(@Req() request: FastifyRequest, @Res({ passthrough: true }) reply: FastifyReply) {
    const session = await this.sessions.find(request);
    if (!session) return;
    await this.sessions.end(reply, session);
    await this.who.note(request, session.person, { action: 'console.sign-out', subject: session.publicId });
  }
}
