import { OperatorConfig } from './cli.config.js';
import { besideLocalSuite, configured } from './environment.js';
import { wrongUse } from './failure.js';
import { isOver, readLogin } from './login-file.js';

interface Operator {
  readonly kind: 'tool' | 'person';
  readonly issuer?: string;
  readonly subject: string;
}

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
  if (name) return { kind: 'tool', subject: name };
  const login = readLogin();
  if (login && !isOver(login)) return { kind: 'person', issuer: login.issuer, subject: login.subject };
  if (besideLocalSuite()) return { kind: 'tool', subject: 'npm start' };
  throw wrongUse(
    'this writes to the database, and the audit log is to say who did',
    'Say who you are with --as <name> or WXPLANE_AS, or run "wxplane login".',
  );
}
