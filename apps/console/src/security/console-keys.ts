import { createCipheriv, createDecipheriv, createHmac, hkdfSync, randomBytes } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { type ConsoleKey, consoleKeyOf } from '#service';
import { ConsoleConfig } from '../config/console.config.js';

/** All that is secret here comes from one key, which each replica has: signatures, seals of sessions, cookies of a sign-in under way. */
@Injectable()
export class ConsoleKeys {
  readonly signing: ConsoleKey;
  private readonly sealing: Buffer;
  private readonly cookies: Buffer;

  constructor(config: ConsoleConfig) {
    this.signing = consoleKeyOf(config.CONSOLE_SIGNING_KEY);
    const secret = this.signing.privateKey.export({ format: 'der', type: 'pkcs8' });
    const derive = (use: string) => Buffer.from(hkdfSync('sha256', secret, '', `wxplane console ${use}`, 32));
    this.sealing = derive('sessions');
    this.cookies = derive('sign-in');
  }

  seal(parts: readonly unknown[]): string {
    return createHmac('sha256', this.sealing).update(JSON.stringify(parts)).digest('hex');
  }

  encrypt(value: unknown): string {
    const iv = randomBytes(12);
    const cipher = createCipheriv('aes-256-gcm', this.cookies, iv);
    const text = Buffer.concat([cipher.update(JSON.stringify(value), 'utf8'), cipher.final()]);
    return Buffer.concat([iv, cipher.getAuthTag(), text]).toString('base64url');
  }

  /** @returns `undefined`: it was not made here */
  decrypt(text: string): unknown {
    try {
      const bytes = Buffer.from(text, 'base64url');
      const decipher = createDecipheriv('aes-256-gcm', this.cookies, bytes.subarray(0, 12), { authTagLength: 16 });
      decipher.setAuthTag(bytes.subarray(12, 28));
      return JSON.parse(Buffer.concat([decipher.update(bytes.subarray(28)), decipher.final()]).toString('utf8'));
    } catch {
      return undefined;
    }
  }
}
