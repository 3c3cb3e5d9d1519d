export interface UploadedFile {
  readonly field: string;
  readonly filename: string;
  readonly contentType: string;
  readonly bytes: Buffer;
}

const HEADER_END = Buffer.from('\r\n\r\n');

/** The first file of a multipart/form-data body, or undefined. */
export function firstFile(contentType: string, raw: Buffer): UploadedFile | undefined {
  const boundary = /boundary="?([^";]+)"?/i.exec(contentType)?.[1];
  if (!boundary) return undefined;
  const delimiter = Buffer.from(`--${boundary}`);
  let start = raw.indexOf(delimiter);
  while (start >= 0) {
    const headerStart = start + delimiter.length;
    const headerEnd = raw.indexOf(HEADER_END, headerStart);
    const next = raw.indexOf(delimiter, headerStart);
    if (headerEnd < 0 || next < headerEnd) return undefined;
    const header = raw.subarray(headerStart, headerEnd).toString('utf8');
    const filename = /filename="([^"]*)"/i.exec(header)?.[1];
    if (filename !== undefined) {
      return {
        field: /[; ]name="([^"]*)"/i.exec(header)?.[1] ?? '',
        filename,
        contentType: /content-type:\s*([^\r\n;]+)/i.exec(header)?.[1] ?? 'application/octet-stream',
        bytes: raw.subarray(headerEnd + HEADER_END.length, next - 2),
      };
    }
    start = next;
  }
  return undefined;
}

/** The text parts of a multipart/form-data body. */
export function fieldsOf(contentType: string, raw: Buffer): Readonly<Record<string, string | undefined>> {
  const boundary = /boundary="?([^";]+)"?/i.exec(contentType)?.[1];
  const fields: Record<string, string> = {};
  if (!boundary) return fields;
  // Bytes of files come through unharmed as far as the delimiters between them are concerned.
  for (const part of raw.toString('latin1').split(`--${boundary}`)) {
    const [, header, value] = /^\r\n([\s\S]*?)\r\n\r\n([\s\S]*)\r\n$/.exec(part) ?? [];
    const name = /[; ]name="([^"]*)"/i.exec(header ?? '')?.[1];
    if (name && value !== undefined && !/filename=/i.test(header ?? ''))
      fields[name] = Buffer.from(value, 'latin1').toString('utf8');
  }
  return fields;
}
