export interface ConnectFailure {
  /** What is wrong, without a secret. */
  readonly problem: string;
  /** What to do. */
  readonly remedy: string;
  /** It stays so until somebody acts: trying again is in vain. */
  readonly lasting: boolean;
}

/** Why the database of this URL could not be reached, in words. */
export function whyNotConnected(error: unknown, url: string): ConnectFailure {
  const { code, message } = error as { code?: string; message: string };
  const address = URL.canParse(url) ? new URL(url) : undefined;
  const schema = decodeURIComponent(address?.pathname.slice(1) ?? '');
  switch (code) {
    case 'ER_ACCESS_DENIED_ERROR':
      return {
        problem: address?.password ? 'the server refuses this user and password' : 'holds no password, and the server wants one',
        remedy: 'mysql://user:password@host:port/schema, with special characters of the password percent-encoded.',
        lasting: true,
      };
    case 'ER_BAD_DB_ERROR':
      return {
        problem: `there is no schema "${schema}" on this server`,
        remedy: `CREATE DATABASE \`${schema}\` CHARACTER SET utf8mb4;`,
        lasting: true,
      };
    case 'ER_DBACCESS_DENIED_ERROR':
      return {
        problem: `this user may not use the schema "${schema}", or there is none`,
        remedy: `GRANT ALL ON \`${schema}\`.* TO this user.`,
        lasting: true,
      };
    default:
      return {
        problem: `the database cannot be reached (${code ?? message})`,
        remedy: 'Does the server run, and is the address right?',
        lasting: false,
      };
  }
}
