import { Injectable } from '@nestjs/common';
import { createTransport } from 'nodemailer';
import { BINDINGS, type ChannelEntity, SecretBox } from '#persistence';
import { ConfigError, isLocal, redact } from '#service';
import { IngestionConfig } from '../config/ingestion.config.js';
import type { Message } from '../notices/message.domain.js';
import { namesHost } from '../subscribers/address-guard.domain.js';
import { SubscriberClient } from '../subscribers/subscriber-client.service.js';
import {
  judgeAnswer,
  type Outcome,
  otherKind,
  ROBOTS,
  type RobotKind,
  type RobotTarget,
  withoutMentions,
} from './robots.domain.js';

/** What `target` of a channel holds, sealed. */
export type Target = RobotTarget | { readonly to: readonly string[] };

export const isMail = (target: Target): target is { readonly to: readonly string[] } => 'to' in target;

const MAIL_MAX_BYTES = 100_000;
const TIMEOUT_MS = 10_000;

/** Brings one message to its place. Robots are called as subscribers are, by the same rules of addresses, and only at configured hosts. */
@Injectable()
export class ChannelSender {
  private readonly hosts: readonly string[];
  private readonly mail: ReturnType<typeof createTransport> | undefined;

  constructor(
    private readonly config: IngestionConfig,
    private readonly client: SubscriberClient,
    private readonly secrets: SecretBox,
  ) {
    this.hosts = config.NOTIFY_HOSTS.split(',').map((host) => host.trim().toLowerCase());
    const { NOTIFY_SMTP_URL: smtp, NOTIFY_MAIL_FROM: from } = config;
    if (smtp && !from) throw new ConfigError([{ key: 'NOTIFY_MAIL_FROM', problem: 'is not set, and NOTIFY_SMTP_URL is' }]);
    this.mail = smtp ? transportOf(new URL(smtp)) : undefined;
  }

  /** What one message of this channel may hold. */
  maxBytes(kind: ChannelEntity['kind']): number {
    return kind === 'mail' ? MAIL_MAX_BYTES : ROBOTS[kind].maxBytes;
  }

  /** For whoever makes or changes a channel. @returns what is wrong, in words */
  problemOf(kind: ChannelEntity['kind'], target: Target): string | undefined {
    if (kind === 'mail')
      return this.mail ? undefined : 'mail needs a server: set NOTIFY_SMTP_URL and NOTIFY_MAIL_FROM of ingestion';
    const { url } = target as RobotTarget;
    const problem = this.client.problemOf(url, undefined);
    if (problem) return `url ${problem}`;
    if (!namesHost(this.hosts, url)) return `url must have one of the hosts ${this.hosts.join(', ')} (NOTIFY_HOSTS of ingestion)`;
    const other = otherKind(kind, url);
    return other && `url is that of a ${other} robot`;
  }

  /**
   * Never throws.
   * @param messageId the same one for the same message, however often it is tried: readers of mail show it once
   */
  async send(channel: ChannelEntity, message: Message, messageId: string): Promise<Outcome> {
    let target: Target;
    try {
      target = JSON.parse(this.secrets.open(channel.target, BINDINGS.channelTarget(channel.channelId))) as Target;
    } catch {
      return { error: 'its address cannot be read: no key of WXPLANE_ENCRYPTION_KEYS opens it' };
    }
    // Looked at again: the rules may have changed since it was made.
    const problem = this.problemOf(channel.kind, target);
    if (problem) return { error: problem };
    if (isMail(target)) return this.byMail(target.to, message, messageId);
    return this.byRobot(channel.kind as RobotKind, target, message.text);
  }

  private async byRobot(kind: RobotKind, target: RobotTarget, text: string): Promise<Outcome> {
    const { url, body } = ROBOTS[kind].request(target, withoutMentions(text), Date.now());
    const answer = await this.client.post({ url, body, headers: {}, webhookHosts: undefined }, TIMEOUT_MS);
    if (answer.status === undefined) return { error: answer.error };
    if (answer.error !== undefined) return { error: answer.error, pauseS: answer.retryAfterS };
    const judged = judgeAnswer(kind, answer.status, answer.body);
    return judged.error === undefined ? judged : { ...judged, error: redact(judged.error) };
  }

  private async byMail(to: readonly string[], { subject, text }: Message, messageId: string): Promise<Outcome> {
    try {
      await this.mail!.sendMail({
        from: this.config.NOTIFY_MAIL_FROM,
        to: [...to],
        subject,
        text,
        messageId: `<${messageId}@wxplane>`,
        headers: { 'Auto-Submitted': 'auto-generated' },
      });
      return { error: undefined };
    } catch (error) {
      const { code, responseCode } = error as { code?: string; responseCode?: number };
      // The server's own words may repeat what it was told.
      return { error: ['the mail server refused', code, responseCode].filter(Boolean).join(' ') };
    }
  }
}

/** TLS in any case, but to this very machine. */
function transportOf(url: URL): ReturnType<typeof createTransport> {
  const secure = url.protocol === 'smtps:';
  const user = decodeURIComponent(url.username);
  return createTransport({
    host: url.hostname.replace(/^\[|\]$/g, ''),
    port: Number(url.port || (secure ? 465 : 587)),
    secure,
    requireTLS: !secure && !isLocal(url),
    connectionTimeout: TIMEOUT_MS,
    greetingTimeout: TIMEOUT_MS,
    socketTimeout: TIMEOUT_MS,
    disableFileAccess: true,
    disableUrlAccess: true,
    ...(user ? { auth: { user, pass: decodeURIComponent(url.password) } } : {}),
  });
}
