import { readFileSync } from 'node:fs';
import { extname } from 'node:path';
import { wrongUse } from '../shell/failure.js';

const TYPES: Readonly<Record<string, string>> = {
  '.png': 'image/png',
  '.jpg': 'image/jpeg',
  '.jpeg': 'image/jpeg',
  '.gif': 'image/gif',
  '.bmp': 'image/bmp',
  '.mp4': 'video/mp4',
};

export interface PictureFile {
  readonly contentType: string;
  readonly data: Buffer;
}

/** @throws CliError wrong use, when it is no picture or cannot be read */
export function pictureFile(path: string): PictureFile {
  const contentType = TYPES[extname(path).toLowerCase()];
  if (contentType === undefined) throw wrongUse(`${path} is none of ${Object.keys(TYPES).join(', ')}`);
  try {
    return { contentType, data: readFileSync(path) };
  } catch (error) {
    throw wrongUse(`${path} cannot be read: ${(error as NodeJS.ErrnoException).code ?? 'unknown'}`);
  }
}
