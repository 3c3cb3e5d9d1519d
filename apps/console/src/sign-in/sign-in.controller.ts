import { Body, Controller, Get, HttpCode, Post, Query, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { callerId, DomainError, Public, readLink } from '#service';
import { ConsoleConfig } from '../config/console.config.js';
import { ConsoleKeys } from '../security/console-keys.js';
import { LOCAL_ISSUER, type Person, personSha256 } from '../sessions/person.js';
import { SessionService } from '../sessions/session.service.js';
import { Who } from '../sessions/who.js';
import { OidcService, SignInError, type SignInFault, type SignInUnderWay } from './oidc.service.js';
import { returnPath } from './return-path.js';
import { LinkBody, StartQuery } from './sign-in.dto.js';
import { SignInLimits } from './sign-in-limits.js';
import { UsedLinks } from './used-links.repository.js';

const COOKIE = 'wxplane-sign-in';
/** So long somebody may stay at the issuer. */
const UNDER_WAY_S = 600;
const MOST_QUERY = 8_192;

/** How people come in: by the issuer, or by a one-time link of whoever runs this. */
@Controller()
@Public()
export class SignInController {
  constructor(
    private readonly config: ConsoleConfig,
    private readonly keys: ConsoleKeys,
    private readonly oidc: OidcService,
    private readonly links: UsedLinks,
    private readonly limits: SignInLimits,
    private readonly sessions: SessionService,
    private readonly who: Who,
  ) {}

  /** What the sign-in page offers. */
  @Get('api/sign-in')
  ways() {
    return { oidc: this.oidc.isConfigured, links: this.config.CONSOLE_LINKS === 'on' };
  }

  /** A person's own navigation: leads to the issuer. */
  @Get('auth/start')
  async start(@Query() query: StartQuery, @Req() request: FastifyRequest, @Res() reply: FastifyReply) {
    const returnTo = returnPath(query.return);
    await this.orSay(request, reply, async () => {
      this.requireFew(request);
      if (!this.oidc.isConfigured) throw new DomainError('not-found', 'No issuer is configured here (CONSOLE_OIDC_ISSUER).');
      const session = query.again ? await this.sessions.find(request) : undefined;
      const { url, underWay } = await this.oidc.begin(returnTo, session ? personSha256(session.person) : null);
      this.sessions.cookies.set(reply, COOKIE, this.keys.encrypt(underWay), UNDER_WAY_S);
      await reply.redirect(url, 303);
    });
  }

  /** The way back from the issuer. */
  @Get('auth/callback')
  async callback(@Req() request: FastifyRequest, @Res() reply: FastifyReply) {
    await this.orSay(request, reply, async () => {
      this.requireFew(request);
      const underWay = this.underWay(request);
      // Whatever comes of it, it is used.
      this.sessions.cookies.set(reply, COOKIE, '', 0);
      const query = request.url.split('?')[1] ?? '';
      if (!underWay || query.length > MOST_QUERY) throw new SignInError('not-yours');
      const person = await this.oidc.finish(query, underWay);
      if (underWay.stepUpOf !== null && underWay.stepUpOf !== personSha256(person)) throw new SignInError('other-person');
      await this.signIn(request, reply, person);
      await reply.redirect(underWay.returnTo, 303);
    });
  }

  /** A page of ours sends what stood behind `#`: previews of a chat that open the link use nothing up. */
  @Post('api/sign-in/link')
  @HttpCode(200)
  async byLink(@Body() { link }: LinkBody, @Req() request: FastifyRequest, @Res({ passthrough: true }) reply: FastifyReply) {
    try {
      this.requireFew(request);
      const claims = this.config.CONSOLE_LINKS === 'on' ? readLink(this.keys.signing, link) : undefined;
      if (!claims) throw new SignInError('link-invalid');
      if (!(await this.links.use(claims))) throw new SignInError('link-used');
      const { name, groups } = claims;
      await this.signIn(request, reply, {
        issuer: LOCAL_ISSUER,
        subject: name,
        personId: callerId(LOCAL_ISSUER, name),
        name,
        groups,
        amr: [],
        authTime: Date.now(),
      });
      return { name };
    } catch (error) {
      if (!(error instanceof SignInError)) throw error;
      await this.refused(request, error.fault);
      throw new DomainError(error.fault === 'too-often' ? 'rate-limited' : 'forbidden', LINK_FAULTS[error.fault] ?? error.fault, {
        members: { fault: error.fault },
        ...(error.fault === 'too-often' ? { retryAfterS: 60 } : {}),
      });
    }
  }

  private async signIn(request: FastifyRequest, reply: FastifyReply, person: Person): Promise<void> {
    const session = await this.sessions.begin(request, reply, person);
    await this.who.note(request, person, { action: 'console.sign-in', subject: session.publicId });
  }

  /** A fault leads to the sign-in page, which says what to do; it never leaves somebody signed in. */
  private async orSay(request: FastifyRequest, reply: FastifyReply, work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      if (!(error instanceof SignInError)) throw error;
      await this.refused(request, error.fault);
      await reply.redirect(`/sign-in?fault=${error.fault}`, 303);
    }
  }

  private refused(request: FastifyRequest, fault: SignInFault): Promise<void> {
    return this.who.note(request, undefined, { action: 'console.sign-in', outcome: 'refused', reason: fault });
  }

  private requireFew(request: FastifyRequest): void {
    if (!this.limits.allows(request.ip)) throw new SignInError('too-often');
  }

  private underWay(request: FastifyRequest): SignInUnderWay | undefined {
    const sealed = this.sessions.cookies.read(request, COOKIE);
    const found = sealed === undefined ? undefined : (this.keys.decrypt(sealed) as SignInUnderWay | undefined);
    return found !== undefined && Date.now() - found.begunAt <= UNDER_WAY_S * 1_000 ? found : undefined;
  }
}

const LINK_FAULTS: Partial<Readonly<Record<SignInFault, string>>> = {
  'link-used': 'This link has signed somebody in already; make another one: wxplane console link',
  'link-invalid': 'This link is not one of this console, or it is over; make another one: wxplane console link',
  'too-often': 'Too many sign-ins from this network within a minute.',
};
