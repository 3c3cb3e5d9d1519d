import type { AccessLogEntity } from '#persistence';
import { isOver, readLogin } from '../login/login-file.js';
import { OperatorConfig } from './cli.config.js';
import { besideLocalSuite, configured } from './environment.js';
import { wrongUse } from './failure.js';

type Operator = Pick<AccessLogEntity, 'actorKind' | 'actorIssuer' | 'actorSubject'>;

let named: string | undefined;

/** Who says he works here: `--as`. */
export function actAs(name: string | undefined): void {
  named = name;
}

/**
 * Who writes to the database, for the audit log: who has the database has no client of his own.
 * @throws CliError wrong use, when nobody says so
 */
export function operator(): Operator {
  const name = named ?? configured(OperatorConfig).WXPLANE_AS;
  const tool = { actorKind: 'tool', actorIssuer: null };
  if (name) return { ...tool, actorSubject: name };
  const login = readLogin();
  if (login && !isOver(login)) return { actorKind: 'person', actorIssuer: login.issuer, actorSubject: login.subject };
  if (besideLocalSuite()) return { ...tool, actorSubject: 'npm start' };
  throw wrongUse(
    'this writes to the database, and the audit log is to say who did',
    'Say who you are with --as <name> or WXPLANE_AS, or run "wxplane login".',
  );
}
