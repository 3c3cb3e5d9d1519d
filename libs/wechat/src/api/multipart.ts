import { randomUUID } from 'node:crypto';
import type { UploadFile } from './code-types.js';
import type { ApiCall } from './transport.js';

/**
 * A `multipart/form-data` body with one file, streamed, after the text parts that an API wants beside it. Its length is known in advance,
 * because WeChat's upload APIs take a chunked body for an empty one (41005).
 */
export function multipart(
  field: string,
  file: UploadFile,
  texts: Readonly<Record<string, string>> = {},
): NonNullable<ApiCall['form']> {
  if (Buffer.isBuffer(file.data) && file.data.length !== file.size) {
    throw new TypeError('size is not the length of data');
  }
  const boundary = `----wxplane${randomUUID().replaceAll('-', '')}`;
  const before = Object.entries(texts).map(
    ([name, text]) => `--${boundary}\r\nContent-Disposition: form-data; name="${quoted(name)}"\r\n\r\n${text}\r\n`,
  );
  const head = Buffer.from(
    `${before.join('')}--${boundary}\r\nContent-Disposition: form-data; name="${quoted(field)}"; filename="${quoted(file.filename)}"\r\n` +
      `Content-Type: ${mediaType(file.contentType)}\r\n\r\n`,
  );
  const tail = Buffer.from(`\r\n--${boundary}--\r\n`);
  return {
    contentType: `multipart/form-data; boundary=${boundary}`,
    length: head.length + file.size + tail.length,
    stream: join(head, file, tail),
  };
}

async function* join(head: Buffer, file: UploadFile, tail: Buffer): AsyncGenerator<Uint8Array> {
  yield head;
  if (Buffer.isBuffer(file.data)) {
    yield file.data;
  } else {
    yield* file.data;
  }
  yield tail;
}

function quoted(name: string): string {
  return name.replace(/[\r\n"]/g, (char) => encodeURIComponent(char));
}

function mediaType(type: string): string {
  if (!/^[\w.+-]+\/[\w.+-]+$/.test(type)) {
    throw new TypeError('contentType is not a media type');
  }
  return type;
}
