import type { DataSource } from 'typeorm';
import { askApps } from '../status/apps.js';
import { inWords, merged, storedStandstills } from '../status/standstills.js';
import { type Finding, fail, ok } from './finding.js';

/** What must move, as MySQL and those apps tell that can be asked. Tickets and dead letters have findings and words of their own. */
export async function checkProgress(db: DataSource): Promise<Finding[]> {
  const [stored, apps] = await Promise.all([storedStandstills(db), askApps()]);
  const standstills = merged(stored, ...apps.map((app) => app.standstills)).filter(({ what }) => !what.startsWith('tickets of '));
  if (standstills.length === 0) return [ok('progress', 'nothing stands still')];
  return standstills.map((standstill) => fail('progress', inWords({ ...standstill, remedy: '' }).trim(), standstill.remedy));
}
