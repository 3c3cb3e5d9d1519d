#!/usr/bin/env node
import 'reflect-metadata';
import { Command } from 'commander';
import { ConfigError, redact } from '#service';
import { clientsCommand } from './clients/clients.command.js';
import { keysCommand } from './keys/keys.command.js';
import { queuesCommand } from './queues/queues.command.js';
import { releaseCommand } from './release/release.command.js';
import { rolloutCommand } from './release/rollout.command.js';

/** Exit codes: 0 done · 1 failed · 2 wrong use · 78 wrong configuration. */
const EXIT_CONFIG = 78;

const program = new Command('wxplane')
  .description('Operates a wxplane installation. Reads the same environment variables as the apps.')
  .showHelpAfterError('(add --help for how to use it)')
  .exitOverride((error) => process.exit(error.exitCode === 0 ? 0 : 2))
  .addCommand(clientsCommand())
  .addCommand(keysCommand())
  .addCommand(queuesCommand())
  .addCommand(releaseCommand())
  .addCommand(rolloutCommand());

/** Commands made elsewhere follow the program's rules for wrong use, too. */
function inherit(parent: Command): void {
  for (const command of parent.commands) {
    command.copyInheritedSettings(parent);
    inherit(command);
  }
}
inherit(program);

try {
  await program.parseAsync();
} catch (error) {
  process.stderr.write(`wxplane: ${redact((error as Error).message)}\n`);
  process.exitCode = error instanceof ConfigError ? EXIT_CONFIG : 1;
}
