import { writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { answersOk, Child } from '../../../scripts/lib/child.ts';
import { freePort } from '../../../scripts/lib/ports.ts';
import type { ComponentSecrets } from '../../../scripts/lib/secrets.ts';
import { bareEnv } from '../../../scripts/lib/suite.ts';

const ROOT = new URL('../../../', import.meta.url).pathname;

export interface WechatOptions {
  /** For its configuration file. */
  readonly folder: string;
  readonly components: readonly ComponentSecrets[];
  /** The host that launch pages have to be opened on. */
  readonly authorizationDomain: string;
  /** Further fields of every component. */
  readonly more: Readonly<Record<string, unknown>> | undefined;
  readonly settings: Readonly<Record<string, unknown>> | undefined;
}

/**
 * The sandbox as WeChat. Its pushes go to a server that answers `success` and does nothing: the test delivers them.
 * @param undo gets what ends them
 * @returns the sandbox's address
 */
export async function startWechat(options: WechatOptions, undo: (() => unknown)[]): Promise<string> {
  const { folder, components, authorizationDomain, more, settings } = options;
  const sink = createServer((request, response) => {
    request.resume();
    response.end('success');
  });
  await new Promise<void>((resolve) => sink.listen(0, '127.0.0.1', resolve));
  undo.push(() => sink.close());
  const sinkUrl = `http://127.0.0.1:${(sink.address() as AddressInfo).port}`;

  const port = await freePort();
  const file = join(folder, 'sandbox.json');
  const configuration = {
    components: components.map((component) => ({
      ...component,
      auth_event_url: `${sinkUrl}/events`,
      message_event_url: `${sinkUrl}/$APPID$/messages`,
      authorization_domain: authorizationDomain,
      ticket_first_retry_s: 0,
      ...more,
    })),
    ...(settings ? { settings } : {}),
  };
  writeFileSync(file, JSON.stringify(configuration));
  const sandbox = new Child({
    name: 'sandbox',
    command: process.execPath,
    args: ['dist/apps/sandbox/src/main.js'],
    cwd: ROOT,
    env: { ...bareEnv(), SANDBOX_HOST: '127.0.0.1', SANDBOX_PORT: String(port), SANDBOX_CONFIG_FILE: file },
  });
  undo.push(() => sandbox.stop(5_000));
  const url = `http://127.0.0.1:${port}`;
  await sandbox.waitUntil(() => answersOk(`${url}/_control/health`), 60_000);
  return url;
}
