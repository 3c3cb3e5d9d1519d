import { Command } from 'commander';
import { consoleKeyOf, makeLink } from '#base';
import { count, examples, list } from '../shell/arguments.js';
import { audit } from '../shell/audit.js';
import { ConsoleKeyConfig, ConsoleLinkConfig } from '../shell/cli.config.js';
import { withDatabase } from '../shell/database.js';
import { configured } from '../shell/environment.js';
import { operator } from '../shell/operator.js';
import { show, tell } from '../shell/output.js';

const STANDARD_MINUTES = 15;

interface LinkOptions {
  readonly name?: string;
  readonly groups?: string[];
  readonly minutes: number;
  readonly json?: boolean;
}

/** `wxplane console …`: how the first person comes in, and how the apps know the console. */
export function consoleCommand(): Command {
  const command = new Command('console').description('sign-in at the console (CONSOLE_URL, CONSOLE_SIGNING_KEY)');
  command
    .command('link')
    .description('print a link that signs somebody in at the console, once')
    .option('--name <name>', 'who comes by it (default: who you are)')
    .option(
      '--groups <list>',
      'joined by commas; bindings of the identity file say what they may do (default: CONSOLE_LINK_GROUPS)',
      list,
    )
    .option('--minutes <n>', 'how long it can be used', count, STANDARD_MINUTES)
    .addHelpText('after', examples('console link --name li.lei --groups console-admins'))
    .action(link);
  command
    .command('jwks')
    .description('print the public key of the console, for jwks_file of its issuer in the identity file')
    .addHelpText('after', examples('console jwks > console-jwks.json'))
    .action(jwks);
  return command;
}

async function link(options: LinkOptions): Promise<void> {
  const { CONSOLE_URL: url, CONSOLE_SIGNING_KEY: pem, CONSOLE_LINK_GROUPS: standard } = configured(ConsoleLinkConfig);
  const name = options.name ?? operator().subject;
  const who = { name, groups: options.groups ?? list(standard) };
  await withDatabase((db) => audit(db, 'console.link', `${name} (${who.groups.join(', ')})`.slice(0, 128)));
  const address = `${url}/sign-in#${makeLink(consoleKeyOf(pem), who, options.minutes * 60)}`;
  show(options, { url: address, name, groups: who.groups, minutes: options.minutes }, `${address}\n`);
  tell(`It signs in ${name}, once, within ${options.minutes} minutes.`);
}

function jwks(options: { readonly json?: boolean }): void {
  const { jwk } = consoleKeyOf(configured(ConsoleKeyConfig).CONSOLE_SIGNING_KEY);
  const set = { keys: [{ ...jwk, use: 'sig' }] };
  show(options, set, `${JSON.stringify(set, null, 2)}\n`);
}
