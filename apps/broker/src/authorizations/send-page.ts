import { randomBytes } from 'node:crypto';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { languageOf, type Page, renderPage } from './pages.domain.js';

/** A public page: no script, nothing from elsewhere, not kept, not framed. */
export function sendPage(request: FastifyRequest, reply: FastifyReply, status: number, page: Page): void {
  const nonce = randomBytes(12).toString('base64url');
  void reply
    .status(status)
    .type('text/html; charset=utf-8')
    .header('cache-control', 'no-store')
    .header('vary', 'accept-language')
    // WeChat looks at the referrer's host; more than the origin need not leave.
    .header('referrer-policy', 'strict-origin-when-cross-origin')
    .header(
      'content-security-policy',
      `default-src 'none'; style-src 'nonce-${nonce}'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`,
    )
    .header('x-content-type-options', 'nosniff')
    .header('x-frame-options', 'DENY')
    .send(renderPage(page, nonce, languageOf(request.headers['accept-language'] ?? '')));
}
