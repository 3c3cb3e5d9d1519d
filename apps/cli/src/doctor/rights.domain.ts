import { type Comparison, repairStatements } from '#persistence';
import { type Finding, fail, LASTING, ok, warn } from './finding.js';

const AREA = 'database';

/** An account as it was found beside what its app needs. */
export interface FoundRights extends Comparison {
  readonly account: string;
  readonly schema: string;
  /** As SQL has it. */
  readonly user: string;
  readonly byRole: boolean;
}

/** Too little stops the app at some statement; too much is what a break-in would find. */
export function judgeRights(found: FoundRights): Finding {
  const { account, user, schema, missing, excess, onSchema, byRole } = found;
  const { grant, revoke } = repairStatements(schema, user, found);
  if (missing.length > 0) {
    if (byRole) return ok(AREA, `rights of ${account} come from a role; not looked at`);
    const tables = new Set(missing.map(({ table }) => table));
    return fail(
      AREA,
      `${user}, the account of ${account}, lacks rights on ${[...tables].join(', ')}`,
      `As administrator: ${grant.map((statement) => `${statement};`).join(' ')} After each release npm run migrate does it, where DATABASE_ACCOUNTS is set.`,
      LASTING,
    );
  }
  if (onSchema.length > 0)
    return warn(
      AREA,
      `${user}, the account of ${account}, may do ${onSchema.join(', ')} on the whole schema: whoever breaks into one app is in all of it`,
      'Give each app an account of its own: DATABASE_ACCOUNTS, docs/operations.md, "Accounts of the database".',
    );
  if (excess.length > 0)
    return warn(
      AREA,
      `${user}, the account of ${account}, may do more than it needs: ${excess.map(({ privilege, table }) => `${privilege} on ${table}`).join(', ')}`,
      `When no older release runs: ${revoke.map((statement) => `${statement};`).join(' ')}`,
    );
  return ok(AREA, `the account of ${account} has what it needs, and no more`);
}
