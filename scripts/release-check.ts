import { parseArgs } from 'node:util';
import { bold, dim, green, red } from './lib/terminal.mjs';
import { HELP } from './release-check-help.mjs';

interface Report {
  readonly group: number;
  readonly passed: boolean;
  readonly cases: readonly {
    readonly name: string;
    readonly passed: boolean;
    readonly skipped: boolean;
    readonly detail: string;
  }[];
}

const print = (line = '') => process.stdout.write(`${line}\n`);

const { values } = parseArgs({
  options: {
    component: { type: 'string' },
    'base-url': { type: 'string' },
    'sandbox-url': { type: 'string', default: 'http://127.0.0.1:3100' },
    group: { type: 'string' },
  },
});
if (!values.component) {
  print(HELP);
  process.exit(2);
}
const groups = values.group ? [Number(values.group)] : [1, 2, 3, 4, 5];
let failed = 0;
for (const group of groups) {
  const report = await run(values.component, group);
  print(`${bold(`Group ${report.group}`)}`);
  for (const { name, passed, skipped, detail } of report.cases) {
    const mark = skipped ? dim('–') : passed ? green('✓') : red('✗');
    print(`  ${mark} ${name.padEnd(22)} ${dim(skipped ? 'skipped: ' : '')}${dim(detail)}`);
    if (!passed && !skipped) failed += 1;
  }
}
print(failed === 0 ? green('\nEvery case passed.') : red(`\n${failed} cases failed.`));
process.exitCode = failed === 0 ? 0 : 1;

async function run(component: string, group: number): Promise<Report> {
  const base = values['base-url']?.replace(/\/$/, '');
  const response = await fetch(`${values['sandbox-url']}/_control/release-check`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      component_appid: component,
      group,
      ...(base
        ? {
            auth_event_url: `${base}/wechat/${component}/events`,
            message_event_url: `${base}/wechat/${component}/$APPID$/messages`,
          }
        : {}),
    }),
    signal: AbortSignal.timeout(120_000),
  });
  if (!response.ok) throw new Error(`the sandbox answered ${response.status}: ${(await response.text()).slice(0, 300)}`);
  return (await response.json()) as Report;
}
