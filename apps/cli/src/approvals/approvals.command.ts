import { Command, Option } from 'commander';
import type { ApprovalView as Approval } from '#openapi/release';
import { AppApi } from '../shell/app-api.js';
import { componentOption, examples, limitOption } from '../shell/arguments.js';
import { componentOf } from '../shell/component.js';
import { EXIT } from '../shell/failure.js';
import { facts, localTime, show, table } from '../shell/output.js';

const STATES = ['open', 'executing', 'done', 'failed', 'refused', 'withdrawn', 'expired'];

const DECISIONS = {
  approve: 'agree to exactly what is there; a change is made at once, and exit code 1 says that it could not be made',
  refuse: 'it is not to be; approvals that were given do not count any more',
  withdraw: 'take back an approval of yours, or a change that you asked for',
} as const;

/** `wxplane approvals …`: what waits for a second person. */
export function approvalsCommand(): Command {
  const approvals = new Command('approvals').description(
    'what others than its makers have to agree to (RELEASE_URL, WXPLANE_CLIENT_KEY; scopes releases:read, releases:write)',
  );
  approvals
    .command('list')
    .description('newest first')
    .addOption(componentOption())
    .addOption(new Option('--state <state>', 'only those').choices(STATES))
    .addOption(limitOption(20))
    .addHelpText('after', examples('approvals list --state open'))
    .action(async (options: { component?: string; state?: string; limit: number; json?: boolean }) => {
      const path = `/v1/components/${await componentOf(options)}/approvals`;
      const page = await AppApi.release().pages<Approval>(path, { state: options.state }, options.limit);
      show(options, page, () =>
        table(
          ['approval', 'effect', 'mini program', 'state', 'by', 'asked for'],
          page.items.map((item) => [
            item.approval_id,
            item.effect,
            item.authorizer_appid ?? 'all',
            item.state,
            item.makers.join(', '),
            localTime(item.created_at),
          ]),
          'nothing waits',
        ),
      );
    });
  approvals
    .command('show')
    .description('what would be sent or done, by whom, and who agreed')
    .argument('<approval_id>', 'r and the number of a release, o and that of a rollout, or that of a change')
    .addHelpText('after', examples('approvals show r17', 'approvals show o3 --json'))
    .action(async (id: string, options: { json?: boolean }) => {
      const approval = await AppApi.release().get<Approval>(pathOf(id));
      show(options, approval, () => described(approval));
    });
  for (const [decision, does] of Object.entries(DECISIONS))
    approvals
      .command(decision)
      .description(does)
      .argument('<approval_id>', 'see "show"')
      .option('--digest <sha256>', 'what you looked at: if it is something else now, nothing is decided')
      .option('--note <text>', 'why')
      .addHelpText('after', examples(`approvals ${decision} r17${decision === 'approve' ? ' --note "tried it on a phone"' : ''}`))
      .action(async (id: string, options: { digest?: string; note?: string; json?: boolean }) => {
        const { digest, note } = options;
        const body = { decision, ...(digest ? { digest } : {}), ...(note ? { note } : {}) };
        const approval = await AppApi.release().post<Approval>(pathOf(id), body);
        show(options, approval, () => described(approval));
        if (approval.problem) process.exitCode = EXIT.failed;
      });
  return approvals;
}

const pathOf = (id: string) => `/v1/approvals/${encodeURIComponent(id)}`;

function described(approval: Approval): string {
  const { problem, approvals } = approval;
  return facts([
    ['approval', `${approval.approval_id} ${approval.state}`],
    ['effect', `${approval.effect} of ${approval.authorizer_appid ?? approval.component_appid}`],
    ['what', JSON.stringify(approval.what)],
    ['digest', approval.digest],
    ['made by', approval.makers.join(', ')],
    [
      'approved by',
      approvals
        .map(({ by, until, of_this }) => `${by} until ${localTime(until)}${of_this ? '' : ' (of something else)'}`)
        .join(', ') || 'nobody',
    ],
    ['have to agree', String(approval.approvals_needed)],
    ...(approval.expires_at ? [['waits until', localTime(approval.expires_at)] as [string, string]] : []),
    ...(problem ? [['problem', `${problem.code}: ${problem.detail}`] as [string, string]] : []),
  ]);
}
