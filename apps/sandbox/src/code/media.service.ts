import { Injectable } from '@nestjs/common';
import { ApiError, refuse } from '../protocol/errors.domain.js';
import { firstFile } from '../protocol/multipart.domain.js';
import type { AuthorizerCall } from '../protocol/route.js';
import { newMediaId } from '../world/random.js';
import { World } from '../world/world.service.js';
import { qrCodeFor } from './qrcode.domain.js';

const IMAGES = /\.(png|jpe?g|gif)$/i;
const VIDEO = /\.mp4$/i;
const MB = 1024 * 1024;
const LIFE_MS = 3 * 86_400_000;

/** Uploaded and made pictures; an id belongs to one account and lives three days. */
@Injectable()
export class MediaService {
  constructor(private readonly world: World) {}

  store(call: AuthorizerCall): { id: string; type: 'image' | 'video' } {
    const file = firstFile(call.contentType, call.raw);
    if (!file || file.bytes.length === 0) throw new ApiError(41005);
    const image = IMAGES.test(file.filename);
    refuse(!image && !VIDEO.test(file.filename), 40005);
    refuse(file.bytes.length > (image ? 2 * MB : 10 * MB), 40006);
    return { id: this.keep(call.merchant.appid, file.contentType, file.bytes), type: image ? 'image' : 'video' };
  }

  /** A document, whatever it is called. */
  storeDocument(call: AuthorizerCall): string {
    const file = firstFile(call.contentType, call.raw);
    if (!file || file.bytes.length === 0) throw new ApiError(41005);
    return this.keep(call.merchant.appid, file.contentType, file.bytes);
  }

  /** A screenshot as a reviewer would attach it. */
  screenshot(appid: string, text: string): string {
    return this.keep(appid, 'image/jpeg', qrCodeFor(`${appid} ${text}`));
  }

  has(appid: string, id: string): boolean {
    const media = this.world.media.get(id);
    return media?.appid === appid && media.expiresAt > this.world.now;
  }

  private keep(appid: string, contentType: string, bytes: Buffer): string {
    const id = newMediaId();
    this.world.keepMedia(id, { appid, contentType, bytes, expiresAt: this.world.now + LIFE_MS });
    return id;
  }
}
