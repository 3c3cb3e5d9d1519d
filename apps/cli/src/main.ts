#!/usr/bin/env node
import 'reflect-metadata';
import { ConfigError, redact } from '#base';
import { withoutValues } from '#persistence';
import { program } from './program.js';
import { CliError, EXIT } from './shell/failure.js';

try {
  await program().parseAsync();
} catch (error) {
  const message = redact(withoutValues(error as Error).message);
  const details = error instanceof CliError ? error.details : {};
  const remedy =
    details.remedy ??
    (error instanceof ConfigError
      ? '.env.example explains each variable. Beside a running npm start of this checkout none is needed.'
      : undefined);
  process.exitCode = error instanceof ConfigError ? EXIT.config : (details.exit ?? EXIT.failed);
  process.stderr.write(`wxplane: ${message}\n${remedy ? `${redact(remedy)}\n` : ''}`);
  if (details.requestId) process.stderr.write(`request ${details.requestId}\n`);
  // Scripts that read the document learn of the failure from it, too.
  if (process.argv.includes('--json')) {
    const { code, status } = details;
    process.stdout.write(`${JSON.stringify({ error: { message, code, status, remedy, exit_code: process.exitCode } })}\n`);
  }
}
// A connection to a server that stands still is no reason to stay, once everything that was written is out.
for (const stream of [process.stdout, process.stderr]) await new Promise((resolve) => stream.write('', resolve));
process.exit();
