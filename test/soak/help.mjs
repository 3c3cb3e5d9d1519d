/** Also shown with a wrong argument. */
export const HELP = `npm run soak: the whole suite under load while everything around it fails, and then the proof that nothing was lost.

  npm run soak                    20 minutes
  npm run soak -- --minutes 3     shorter (fractions are fine); memory is judged from 5 minutes on
  npm run soak -- --seed 7        the chaos of another run again: same events in the same order
  npm run soak -- --pushes 20     pushes a second (default 12)
  npm run soak -- --reads 50      token reads a second (default 40)
  npm run soak -- --keep          keep data and logs after a run without failures, too
  npm run soak -- --help          this text

  It starts a MariaDB and a Redis of its own, the sandbox, two replicas of each app, and stops them at the end. Exit code: 0 if every
  invariant holds, 1 if one does not, 2 for a wrong argument. docs/operations.md, "Soak", explains the table.`;
