import { Command } from 'commander';
import { examples } from '../shell/arguments.js';
import { LoginIssuerConfig } from '../shell/cli.config.js';
import { configured } from '../shell/environment.js';
import { CliError } from '../shell/failure.js';
import { forgetLogin, isOver, readLogin, writeLogin } from '../shell/login-file.js';
import { facts, localTime, show, tell } from '../shell/output.js';
import { logIn } from './device-flow.js';

interface Options {
  readonly json?: boolean;
}

/** `wxplane login`, `logout`, `whoami`: a person instead of a client key. */
export function loginCommands(): Command[] {
  return [
    new Command('login')
      .description('log in with a browser (WXPLANE_LOGIN_ISSUER, WXPLANE_LOGIN_CLIENT_ID); commands then need no client key')
      .addHelpText('after', examples('login'))
      .action(login),
    new Command('logout').description('forget the login of this machine').addHelpText('after', examples('logout')).action(logout),
    new Command('whoami')
      .description('who has logged in on this machine')
      .addHelpText('after', examples('whoami'))
      .action(whoami),
  ];
}

async function login(options: Options): Promise<void> {
  const config = configured(LoginIssuerConfig);
  const made = await logIn(
    {
      issuer: config.WXPLANE_LOGIN_ISSUER,
      clientId: config.WXPLANE_LOGIN_CLIENT_ID,
      scope: config.WXPLANE_LOGIN_SCOPE,
      send: config.WXPLANE_LOGIN_TOKEN,
    },
    ({ verification_uri: uri, verification_uri_complete: whole, user_code: code }) =>
      tell(whole ? `Open ${whole} and compare the code ${code}.` : `Open ${uri} and type the code ${code}.`),
  );
  writeLogin(made);
  tellWho(options, made);
}

function logout(options: Options): void {
  const there = forgetLogin();
  show(options, { logged_out: there }, there ? 'logged out\n' : 'nobody had logged in\n');
}

function whoami(options: Options): void {
  const login = readLogin();
  if (!login) throw new CliError('nobody has logged in on this machine', { remedy: 'Run "wxplane login".' });
  if (isOver(login)) throw new CliError(`the login of ${login.name} is over`, { remedy: 'Run "wxplane login" again.' });
  tellWho(options, login);
}

function tellWho(options: Options, { name, subject, issuer, expires_at }: NonNullable<ReturnType<typeof readLogin>>): void {
  const until = new Date(expires_at).toISOString();
  show(options, { name, subject, issuer, until }, () =>
    facts([
      ['who', `${name} (${subject})`],
      ['by', issuer],
      ['until', localTime(until)],
    ]),
  );
}
