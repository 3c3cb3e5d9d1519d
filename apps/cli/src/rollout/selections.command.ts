import { Command } from 'commander';
import type { SelectionDetail, SelectionView } from '#openapi/release';
import { AppApi } from '../shell/app-api.js';
import { componentOption, examples, jsonFile, limitOption } from '../shell/arguments.js';
import { componentOf } from '../shell/component.js';
import { confirm, yesOption } from '../shell/confirm.js';
import { counted, localTime, show, table } from '../shell/output.js';

interface Options {
  readonly component?: string;
  readonly json?: boolean;
}

/** `wxplane selections …`: targets of rollouts that are kept by name. */
export function selectionsCommand(): Command {
  const selections = new Command('selections').description(
    'mini programs that rollouts name by one word (RELEASE_URL, WXPLANE_CLIENT_KEY; scopes releases:read, releases:write)',
  );
  selections
    .command('list')
    .description('those that are kept')
    .addOption(componentOption())
    .addOption(limitOption(100))
    .addHelpText('after', examples('selections list'))
    .action(async (options: Options & { limit: number }) => {
      const page = await AppApi.release().pages<SelectionView>(await pathOf(options), {}, options.limit);
      show(options, page, () =>
        table(
          ['name', 'targets', 'by', 'at'],
          page.items.map(({ name, targets, written_by, updated_at }) => [
            ...[name, JSON.stringify(targets), written_by, localTime(updated_at)],
          ]),
          'no selections',
        ),
      );
    });
  selections
    .command('show')
    .description('one, and whom it means now')
    .argument('<name>', 'the selection')
    .addOption(componentOption())
    .addHelpText('after', examples('selections show pilots'))
    .action(async (name: string, options: Options) =>
      print(options, await AppApi.release().get<SelectionDetail>(await pathOf(options, name))),
    );
  selections
    .command('set')
    .description('keep one, in the place of one of the same name')
    .argument('<name>', 'lower-case letters, digits and hyphens')
    .requiredOption('--targets <file>', 'JSON, as the targets of a rollout: tags_any, online_versions, list, exclude …')
    .addOption(componentOption())
    .addHelpText('after', examples('selections set pilots --targets pilots.json'))
    .action(async (name: string, options: Options & { targets: string }) => {
      const body = { targets: jsonFile(options.targets) };
      print(options, await AppApi.release().put<SelectionDetail>(await pathOf(options, name), body));
    });
  selections
    .command('delete')
    .description('keep it no more; rollouts that were started with it go on')
    .argument('<name>', 'the selection')
    .addOption(componentOption())
    .addOption(yesOption())
    .addHelpText('after', examples('selections delete pilots --yes'))
    .action(async (name: string, options: Options & { yes?: boolean }) => {
      await confirm(options, `Delete the selection ${name}?`);
      await AppApi.release().send204('DELETE', await pathOf(options, name));
      show(options, {}, `${name} is deleted\n`);
    });
  return selections;
}

async function pathOf(options: Options, name?: string): Promise<string> {
  const path = `/v1/components/${await componentOf(options)}/selections`;
  return name === undefined ? path : `${path}/${encodeURIComponent(name)}`;
}

function print(options: Options, { name, count, authorizer_appids, ...more }: SelectionDetail): void {
  show(options, { name, count, authorizer_appids, ...more }, () => {
    const such =
      authorizer_appids.length === 0 ? '' : `: ${authorizer_appids.join(', ')}${count > authorizer_appids.length ? ' …' : ''}`;
    return `${name} means ${counted(count, 'mini program', 'mini programs')}${such}\n`;
  });
}
