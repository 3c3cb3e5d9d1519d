import { execFileSync } from 'node:child_process';
import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export interface Certificates {
  readonly ca: string;
  readonly cert: string;
  readonly key: string;
}

/** A certificate authority of our own, and a certificate of it for 127.0.0.1 and localhost, as files. Needs openssl. */
export function makeCertificates(folder: string): Certificates {
  const path = (name: string) => join(folder, name);
  const openssl = (...args: string[]) => execFileSync('openssl', args, { stdio: ['ignore', 'ignore', 'pipe'] });
  const newKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
  openssl('req', '-x509', ...newKey, '-days', '2', '-subj', '/CN=test ca', '-keyout', path('ca.key'), '-out', path('ca.pem'));
  openssl('req', ...newKey, '-subj', '/CN=localhost', '-keyout', path('server.key'), '-out', path('server.csr'));
  writeFileSync(path('server.ext'), 'subjectAltName=DNS:localhost,IP:127.0.0.1\n');
  const signed = ['-CA', path('ca.pem'), '-CAkey', path('ca.key'), '-CAcreateserial', '-extfile', path('server.ext')];
  openssl('x509', '-req', '-in', path('server.csr'), '-days', '2', ...signed, '-out', path('server.pem'));
  // mariadbd runs as another user.
  chmodSync(path('server.key'), 0o644);
  return { ca: path('ca.pem'), cert: path('server.pem'), key: path('server.key') };
}
