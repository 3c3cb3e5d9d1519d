import { join } from 'node:path';
import { Command, InvalidArgumentError } from 'commander';
import { type EncryptionKey, formatEncryptionKeys, parseEncryptionKeys, SECRET_DOMAINS, withoutKey } from '#persistence';
import { examples } from '../shell/arguments.js';
import { KeysConfig } from '../shell/cli.config.js';
import { configured } from '../shell/environment.js';
import { CliError } from '../shell/failure.js';
import { show } from '../shell/output.js';
import { writeSecretFile } from '../shell/secret-file.js';
import { HOLDERS, type Holder, keysAt, newDomainKeys, STEPS } from './split.domain.js';

/** A domain's name comes behind it, and an id has 32 characters. */
const NAME = /^[A-Za-z0-9_-]{1,18}$/;

/** `wxplane keys split`: from one key for everything to keys for each app, or from such keys to newer ones. */
export function splitCommand(): Command {
  return new Command('split')
    .description('make a new key for each domain, and write what each app is given at each step of the rollout')
    .requiredOption('--to <folder>', 'where the files are put; only their owner may read them, and none is written over')
    .option('--name <name>', 'the new keys are called <name>-<domain>; default: d and the date', nameOf)
    .addHelpText(
      'after',
      `
Reads WXPLANE_ENCRYPTION_KEYS, with every key that is in use, and changes nothing. Each file is the value of WXPLANE_ENCRYPTION_KEYS, or
what WXPLANE_ENCRYPTION_KEYS_FILE names. Keep them where the former key is kept: without them nothing that is stored can be read.
${examples('keys split --to deployment/keys')}`,
    )
    .action(split);
}

function split(options: { to: string; name?: string; json?: boolean }): void {
  const name = options.name ?? `d${new Date().toISOString().slice(0, 10).replaceAll('-', '')}`;
  const former = parseFormer();
  const fresh = newDomainKeys(name);
  const taken = fresh.find(({ id }) => former.some((key) => key.id === id));
  if (taken)
    throw new CliError(`a key with the id "${taken.id}" is configured already`, { remedy: 'Name the new ones with --name.' });
  const files = STEPS.flatMap((step) =>
    (Object.keys(HOLDERS) as Holder[]).map((app) => {
      const keys = keysAt(step.name, app, former, fresh);
      const file = join(options.to, step.name, `encryption-keys-${app}`);
      writeSecretFile(file, `${formatEncryptionKeys(keys)}\n`);
      return { step: step.name, app, file, key_ids: keys.map(({ id }) => id) };
    }),
  );
  show(options, { files, next: STEPS.map(({ name: step, does }) => ({ step, does })) }, () => report(options.to, former));
}

function report(to: string, former: readonly EncryptionKey[]): string {
  const has = Object.entries(HOLDERS).map(([app, domains]) => `  ${app.padEnd(10)} ${domains.join(', ')}\n`);
  const [first, second, third] = STEPS.map((step) => join(to, step.name));
  return `${has.join('')}
1. Give every app, and the command line, its file of ${first}, and wait until no replica runs without it.
2. Then the files of ${second}, and wait again. From here on everything new is sealed under the new keys.
3. Run "wxplane keys rotate" with ${second}/encryption-keys-cli until it says that former keys are no longer needed, and see that no push
   waits in Redis (wxplane_inbox_spooled is 0, and so is wxplane_inbox_set_aside).
4. Then the files of ${third}. Keep ${former.map(({ id }) => id).join(', ')} as long as backups that are sealed under it.
`;
}

/** @throws ConfigError, CliError */
function parseFormer(): EncryptionKey[] {
  const { WXPLANE_ENCRYPTION_KEYS } = configured(KeysConfig);
  let keys: EncryptionKey[];
  try {
    keys = parseEncryptionKeys(WXPLANE_ENCRYPTION_KEYS);
  } catch (error) {
    throw new CliError(`WXPLANE_ENCRYPTION_KEYS: ${(error as Error).message}`, { remedy: '.env.example explains it.' });
  }
  const missing = withoutKey(keys, SECRET_DOMAINS);
  if (missing.length > 0)
    throw new CliError(`WXPLANE_ENCRYPTION_KEYS has no key for ${missing.join(', ')}`, {
      remedy:
        'Run it with the keys of the command line, which has all: an app that lost its former key could not read what is stored.',
    });
  return keys;
}

function nameOf(text: string): string {
  if (!NAME.test(text)) throw new InvalidArgumentError('must be 1 to 18 letters, digits, "-" or "_"');
  return text;
}
