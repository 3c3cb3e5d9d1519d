import { Command } from 'commander';
import { accountsCommand } from './accounts/accounts.command.js';
import { apiSecurityCommand } from './api-security/api-security.command.js';
import { approvalsCommand } from './approvals/approvals.command.js';
import { auditCommand } from './audit/audit.command.js';
import { authorizersCommand } from './authorizers/authorizers.command.js';
import { channelsCommand } from './channels/channels.command.js';
import { clientsCommand } from './clients/clients.command.js';
import { componentsCommand } from './components/components.command.js';
import { consoleCommand } from './console/console.command.js';
import { consoleSettingsCommand } from './console-settings/console-settings.command.js';
import { databaseCommand } from './database/database.command.js';
import { doctorCommand } from './doctor/doctor.command.js';
import { eventsCommand } from './events/events.command.js';
import { certificationsCommand } from './going-online/certifications.command.js';
import { filingsCommand } from './going-online/filings.command.js';
import { importCommand } from './import/import.command.js';
import { keysCommand } from './keys/keys.command.js';
import { loginCommands } from './login/login.command.js';
import { onboardingsCommand } from './onboardings/onboardings.command.js';
import { queuesCommand } from './queues/queues.command.js';
import { quotasCommand } from './quotas/quotas.command.js';
import { registrationsCommand } from './registrations/registrations.command.js';
import { releasesCommand } from './releases/releases.command.js';
import { rolloutCommand } from './rollout/rollout.command.js';
import { selectionsCommand } from './rollout/selections.command.js';
import { EXIT } from './shell/failure.js';
import { actAs, operator } from './shell/operator.js';
import { pageFor } from './shell/pages.js';
import { statusCommand } from './status/status.command.js';
import { violationsCommand } from './violations/violations.command.js';

const exitCodes = () => `
Exit codes: 0 done · 1 failed, or a problem was found · 2 wrong use · 3 a watched rollout has paused · 78 wrong configuration
More: ${pageFor('docs/cli')}
`;

/** The whole command line, ready to be parsed. Wrong use ends the process with 2. */
export function program(): Command {
  const wxplane = new Command('wxplane')
    .description('Operates a wxplane installation. Reads the same environment variables as the apps.')
    .showHelpAfterError('(add --help for how to use it)')
    .exitOverride((error) => process.exit(error.exitCode === 0 ? EXIT.done : EXIT.usage))
    .addHelpText('afterAll', exitCodes)
    .addCommand(doctorCommand())
    .addCommand(statusCommand())
    .addCommand(consoleSettingsCommand())
    .addCommand(consoleCommand())
    .addCommand(clientsCommand())
    .addCommand(authorizersCommand())
    .addCommand(registrationsCommand())
    .addCommand(accountsCommand())
    .addCommand(filingsCommand())
    .addCommand(certificationsCommand())
    .addCommand(onboardingsCommand())
    .addCommand(eventsCommand())
    .addCommand(channelsCommand())
    .addCommand(releasesCommand())
    .addCommand(rolloutCommand())
    .addCommand(selectionsCommand())
    .addCommand(approvalsCommand())
    .addCommand(auditCommand())
    .addCommand(quotasCommand())
    .addCommand(violationsCommand())
    .addCommand(apiSecurityCommand())
    .addCommand(queuesCommand())
    .addCommand(keysCommand())
    .addCommand(databaseCommand())
    .addCommand(componentsCommand())
    .addCommand(importCommand());
  for (const command of loginCommands()) wxplane.addCommand(command);
  unify(wxplane);
  wxplane.hook('preAction', (_, command) => {
    actAs(command.opts<{ as?: string }>().as);
    // Before anything is asked or made.
    if (writes(command) && !command.opts<{ dryRun?: boolean }>().dryRun) operator();
  });
  return wxplane;
}

/** Commands that write to the database past the apps, where nobody else notes who did. */
const WRITES: Readonly<Record<string, readonly string[]>> = {
  clients: ['create', 'rotate', 'revoke'],
  keys: ['rotate', 'migrate'],
  import: ['wxcomponent', 'csv'],
  console: ['link'],
};

const writes = (command: Command): boolean => WRITES[command.parent?.name() ?? '']?.includes(command.name()) ?? false;

/** What holds for every command: the program's rules for wrong use, and `--json` wherever something is done. */
function unify(parent: Command): void {
  for (const command of parent.commands) {
    command.copyInheritedSettings(parent);
    if (command.commands.length === 0)
      command.option('--json', 'print one JSON document; everything else goes to standard error');
    if (writes(command))
      command.option('--as <name>', 'who you are, for the audit log (default: WXPLANE_AS, or who has logged in)');
    unify(command);
  }
}
