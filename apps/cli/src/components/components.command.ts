import { join } from 'node:path';
import { Command } from 'commander';
import type { Component } from '#base';
import { examples } from '../shell/arguments.js';
import { configuredComponents } from '../shell/environment.js';
import { show } from '../shell/output.js';
import { writeSecretFile } from '../shell/secret-file.js';
import { SPLIT, splitComponent } from './split.domain.js';

/** `wxplane components …`: the file that names the platforms this installation serves. */
export function componentsCommand(): Command {
  const components = new Command('components').description('the components file, and what each app needs of it');
  components
    .command('split')
    .description('write a components file for each app, with the secrets that it needs and no others')
    .requiredOption('--to <folder>', 'where the files are put; only their owner may read them, and none is written over')
    .addHelpText(
      'after',
      `
Reads WXPLANE_COMPONENTS_FILE. ingestion gets push tokens and AES keys, the broker the AppSecret, release neither.
${examples('components split --to deployment')}`,
    )
    .action(split);
  return components;
}

function split(options: { to: string; json?: boolean }): void {
  const { all } = configuredComponents(['component_appsecret', 'push_tokens', 'encoding_aes_keys']);
  const files = Object.entries(SPLIT).map(([app, fields]) => {
    const file = join(options.to, `components-${app}.json`);
    const document = { components: all.map((component: Component) => splitComponent(component, fields)) };
    writeSecretFile(file, `${JSON.stringify(document, null, 2)}\n`);
    return { app, file, secrets: fields };
  });
  show(options, { files }, () =>
    files.map(({ app, file, secrets }) => `${file}  ${app}: ${secrets.join(', ') || 'no secret'}\n`).join(''),
  );
}
