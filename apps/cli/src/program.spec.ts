import 'reflect-metadata';
import type { Command } from 'commander';
import { describe, expect, it } from 'vitest';
import { program } from './program.js';

const leaves = (command: Command, path = ''): [string, Command][] =>
  command.commands.flatMap((child): [string, Command][] =>
    child.commands.length > 0 ? leaves(child, `${path}${child.name()} `) : [[`${path}${child.name()}`, child]],
  );

/** What --help prints, with what stands before and after. */
function helpOf(command: Command): string {
  let text = '';
  command.configureOutput({
    writeOut: (part) => {
      text += part;
    },
  });
  command.outputHelp();
  return text;
}

describe('every command', () => {
  it('events search is also events list, as elsewhere', () => {
    const events = program().commands.find((command) => command.name() === 'events');
    expect(events?.commands.find((command) => command.name() === 'search')?.aliases()).toEqual(['list']);
  });

  it('is one that the documents name', () => {
    expect(leaves(program()).map(([path]) => path.split(' ')[0])).toEqual(
      expect.arrayContaining([
        'doctor',
        'status',
        'clients',
        'authorizers',
        'events',
        'releases',
        'rollout',
        'audit',
        'queues',
        'keys',
        'database',
        'components',
        'import',
      ]),
    );
  });

  it.each(leaves(program()))('%s has a description, --json, an example of itself and the exit codes', (path, command) => {
    const help = helpOf(command);
    expect(command.description()).not.toBe('');
    expect(help).toContain('--json');
    expect(help).toContain(`npm run wxplane -- ${path}`);
    expect(help).toContain('78 wrong configuration');
  });
});
