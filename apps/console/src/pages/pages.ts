import { readdirSync, readFileSync } from 'node:fs';
import { extname, join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { StartError } from '#service';

/** Beside dist/apps/console/src. */
const BUILT = fileURLToPath(new URL('../../web/', import.meta.url));

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
};

interface PageFile {
  readonly type: string;
  readonly bytes: Buffer;
  readonly br: Buffer;
  readonly gzip: Buffer;
}

/** The built pages, compressed once: some hundred kilobytes. @throws StartError when they were not built */
export function readPages(folder = BUILT): ReadonlyMap<string, PageFile> {
  const files = new Map<string, PageFile>();
  try {
    for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
      const type = entry.isFile() ? TYPES[extname(entry.name)] : undefined;
      if (type === undefined) continue;
      const file = join(entry.parentPath, entry.name);
      const bytes = readFileSync(file);
      files.set(`/${relative(folder, file).split(sep).join('/')}`, {
        type,
        bytes,
        br: brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 8 } }),
        gzip: gzipSync(bytes),
      });
    }
  } catch {
    // Said below.
  }
  if (!files.has('/index.html')) throw new StartError('the pages are not built: run "npm run build"');
  return files;
}

/** Every address that is nobody else's is a page, which says itself when there is none; a file that is not there is not. */
export function servePages(server: FastifyInstance, files: ReadonlyMap<string, PageFile>): void {
  server.route({
    method: 'GET',
    url: '/*',
    handler: async (request, reply) => {
      const path = request.url.split('?', 1)[0]!;
      const file = path === '/index.html' ? undefined : files.get(path);
      if (file) {
        // Each has a name made of its content.
        void reply.header('cache-control', path.startsWith('/assets/') ? 'public, max-age=31536000, immutable' : 'no-cache');
        return send(file, request, reply);
      }
      if (/^\/(assets|api|auth)(\/|$)/.test(path) || extname(path) !== '') {
        void reply.status(404).type('text/plain; charset=utf-8');
        return 'There is no such file here.';
      }
      return send(files.get('/index.html')!, request, reply);
    },
  });
}

function send(file: PageFile, request: FastifyRequest, reply: FastifyReply): Buffer {
  const takes = String(request.headers['accept-encoding'] ?? '');
  void reply.type(file.type).header('vary', 'accept-encoding');
  if (/\bbr\b/.test(takes)) {
    void reply.header('content-encoding', 'br');
    return file.br;
  }
  if (/\bgzip\b/.test(takes)) {
    void reply.header('content-encoding', 'gzip');
    return file.gzip;
  }
  return file.bytes;
}
