import { Readable } from 'node:stream';
import type { FastifyRequest } from 'fastify';
import { DomainError } from '#service';
import type { UploadFile } from '#wechat';

export const PICTURES = ['image/png', 'image/jpeg', 'image/gif', 'image/bmp'] as const;
export const FILM = 'video/mp4';

const EXTENSIONS: Readonly<Record<string, string>> = {
  'image/png': 'png',
  'image/jpeg': 'jpg',
  'image/gif': 'gif',
  'image/bmp': 'bmp',
  [FILM]: 'mp4',
};

/** A file on its way to WeChat, streamed: its bytes are there once. */
export class Upload {
  private sent = false;

  private constructor(
    private readonly body: Readable,
    private readonly contentType: string,
    private readonly size: number,
  ) {}

  /** @param types which are taken. @param most bytes. @throws DomainError before a byte is read */
  static of(request: FastifyRequest, types: readonly string[], most: number): Upload {
    const contentType = String(request.headers['content-type'] ?? '')
      .split(';')[0]!
      .trim()
      .toLowerCase();
    const { body } = request;
    if (!types.includes(contentType) || !(body instanceof Readable))
      throw new DomainError('unsupported-media-type', `Send the file itself as the body, as ${types.join(', ')}.`);
    const size = Number(request.headers['content-length']);
    if (!Number.isSafeInteger(size) || size <= 0) throw new DomainError('invalid-request', 'Content-Length is needed.');
    if (size > most) throw new DomainError('payload-too-large', `At most ${most / 1024 / 1024} MB.`);
    return new Upload(body, contentType, size);
  }

  get isVideo(): boolean {
    return this.contentType === FILM;
  }

  /** WeChat goes by the extension, and needs no name. @throws DomainError the second time: the bytes are gone */
  once(): UploadFile {
    if (this.sent) throw new DomainError('unavailable', 'The upload has to be sent once more.', { retryAfterS: 1 });
    this.sent = true;
    const { contentType, size, body } = this;
    return { filename: `1.${EXTENSIONS[contentType] ?? 'bin'}`, contentType, size, data: body };
  }
}
