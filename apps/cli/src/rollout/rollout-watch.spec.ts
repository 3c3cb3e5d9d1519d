import 'reflect-metadata';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, it, vi } from 'vitest';
import { program } from '../program.js';

let server: Server | undefined;

afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
  process.exitCode = undefined;
  server?.close();
});

const rollout = (state: string, succeeded: number) => ({
  rollout_id: 7,
  state,
  stage: 'fleet',
  progress: succeeded / 2,
  counts: { total: 2, succeeded, failed: 0, skipped: 0, running: 0, pending: 0 },
});

/** Watches rollout 7 at a server that answers the n-th question as the n-th entry says. @returns what was printed */
async function watch(
  answers: readonly ((response: ServerResponse) => void)[],
  ...options: string[]
): Promise<{ shown: string; told: string }> {
  let asked = 0;
  server = createServer((_, response) => answers[asked++]?.(response));
  await new Promise<void>((resolve) => server?.listen(0, '127.0.0.1', resolve));
  vi.stubEnv('RELEASE_URL', `http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  vi.stubEnv('WXPLANE_CLIENT_KEY', `wxp_${'a'.repeat(16)}_${'b'.repeat(48)}`);
  const text = { shown: '', told: '' };
  const keep = (where: keyof typeof text) => (part: string | Uint8Array) => {
    text[where] += part;
    return true;
  };
  vi.spyOn(process.stdout, 'write').mockImplementation(keep('shown'));
  vi.spyOn(process.stderr, 'write').mockImplementation(keep('told'));
  await program().parseAsync(['rollout', 'watch', '7', ...options], { from: 'user' });
  expect(asked).toBe(answers.length);
  return text;
}

const stream = (response: ServerResponse, ...events: object[]) => {
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  for (const event of events) response.write(`event: progress\ndata: ${JSON.stringify(event)}\n\n`);
};

it('a stream that breaks off and an app that is being replaced do not end the watching', async () => {
  const { shown, told } = await watch([
    (response) => {
      stream(response, rollout('running', 0), rollout('running', 0), rollout('running', 1));
      setTimeout(() => response.destroy(), 50);
    },
    (response) => void response.writeHead(503, { 'content-type': 'application/json' }).end('{"title":"Unavailable"}'),
    (response) => {
      stream(response, rollout('completed', 2));
      response.end();
    },
  ]);
  expect(told.match(/0 of 2 done/g)).toHaveLength(1);
  expect(told).toContain('1 of 2 done');
  expect(shown).toContain('2 of 2 done');
  expect(process.exitCode ?? 0).toBe(0);
});

it('an error within the stream is as good as its end: it is asked again', async () => {
  const { shown } = await watch([
    (response) => {
      stream(response, rollout('running', 1));
      response.end('event: error\nid: 2\ndata: Internal server error\n\n');
    },
    (response) => {
      stream(response, rollout('completed', 2));
      response.end();
    },
  ]);
  expect(shown).toContain('2 of 2 done');
});

it('what is refused at first is told at once', async () => {
  const refused = watch([(response) => void response.writeHead(404).end('{"title":"No such rollout"}')]);
  await expect(refused).rejects.toThrow('No such rollout');
});

it('leaves when its time is over, with 1 and the last it has seen', async () => {
  const { shown, told } = await watch([(response) => stream(response, rollout('running', 1))], '--timeout', '1');
  expect(shown).toContain('1 of 2 done');
  expect(told).toContain('rollout 7 has not ended in time');
  expect(process.exitCode).toBe(1);
});

it('leaves a rollout that waits with the exit code of one that is paused', async () => {
  const waiting = { ...rollout('waiting', 1), needs_attention: true, reason: { detail: 'No quota is left.' } };
  const { told } = await watch([(response) => stream(response, waiting)], '--timeout', '1');
  expect(told).toContain('No quota is left. · needs you');
  expect(process.exitCode).toBe(3);
});

it('watches longer than a timer can run', async () => {
  const completed = (response: ServerResponse) => {
    setTimeout(() => {
      stream(response, rollout('completed', 2));
      response.end();
    }, 50);
  };
  const { shown, told } = await watch([completed], '--timeout', '3000000');
  expect(shown).toContain('2 of 2 done');
  expect(told).not.toContain('in time');
  expect(process.exitCode ?? 0).toBe(0);
});

it('what is done is what the percentage says, failures included, and a paused rollout says what to type', async () => {
  const paused = { ...rollout('paused', 1), progress: 1, counts: { ...rollout('paused', 1).counts, failed: 1 } };
  const { shown, told } = await watch([
    (response) => {
      stream(response, paused);
      response.end();
    },
  ]);
  expect(shown).toMatch(/100\.0 % · 2 of 2 done · 1 failed · paused/);
  for (const command of ['rollout show 7', 'rollout resume 7', 'rollout retry 7', 'rollout abort 7 --yes'])
    expect(told).toContain(command);
  expect(process.exitCode).toBe(3);
});
