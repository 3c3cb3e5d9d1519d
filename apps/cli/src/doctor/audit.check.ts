import type { DataSource } from 'typeorm';
import { storedAudit, verifyAudit } from '#base';
import { type Finding, fail, LASTING, ok, warn } from './finding.js';

const DAY_MS = 86_400_000;

/** Whether the audit log of the last day is what was written, as far as the database alone can tell: signatures want the public key. */
export async function checkAudit(db: DataSource): Promise<Finding[]> {
  const to = new Date();
  const from = new Date(to.getTime() - DAY_MS);
  const { findings, checkpoints, signed, entries, unchained } = await verifyAudit(storedAudit(db, from, to), { from, to });
  const broken = findings.filter(({ kind }) => kind !== 'gap');
  if (broken.length > 0)
    return [
      fail(
        'audit',
        `the log of the last day is not as it was written: ${broken.length} findings, the first: ${broken[0]!.kind}: ${broken[0]!.what}`,
        'Keep the database as it is and run "wxplane audit verify"; docs/runbook.md, "The audit log does not verify".',
        LASTING,
      ),
    ];
  const found: Finding[] = [];
  const gaps = findings.filter(({ kind }) => kind === 'gap');
  if (checkpoints > 0 && gaps.length > 0)
    found.push(
      warn('audit', `${gaps[0]!.what}, in the last day`, 'Was the broker or MySQL away then? If not, ask who changed the table.'),
    );
  if (checkpoints > 0 && signed === 0)
    found.push(
      warn(
        'audit',
        'checkpoints of the audit log are not signed: who has the database can write its past anew',
        'Give the broker AUDIT_SIGNING_KEY_FILE; docs/operations.md, "The audit log".',
      ),
    );
  if (unchained.count > 0 && entries > 0)
    found.push(
      warn(
        'audit',
        `${unchained.count} entries of the last day, of ${unchained.apps.join(', ')}, are in no chain, the last of ${unchained.last}`,
        'They are of a release before this one; when none of its replicas runs any more, there must be no new ones.',
      ),
    );
  if (found.length > 0) return found;
  return [
    ok(
      'audit',
      checkpoints === 0
        ? 'no checkpoint yet'
        : `${entries} entries and ${checkpoints} checkpoints of the last day are as they were written`,
    ),
  ];
}
