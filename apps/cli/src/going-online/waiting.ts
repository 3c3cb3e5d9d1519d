import { localTime, table } from '../shell/output.js';

interface Words {
  readonly en: string;
  readonly zh: string;
}

export interface Waiting {
  readonly who: string;
  readonly person_must_act: boolean;
  readonly what: Words;
  readonly remedy: Words | null;
  readonly until: string | null;
  readonly url: string | null;
}

/** Who has to act, as lines of facts. */
export function waiting(now: Waiting | null): [string, string][] {
  if (!now) return [];
  const { who, person_must_act, what, remedy, until, url } = now;
  return [
    ['waits for', `${who}${person_must_act ? ', who has to act' : ''}: ${what.en} ${what.zh}`],
    ...(until ? [['until', localTime(until)] as [string, string]] : []),
    ...(url ? [['at', url] as [string, string]] : []),
    ...(remedy ? [['to do', `${remedy.en} ${remedy.zh}`] as [string, string]] : []),
  ];
}

export interface Step {
  readonly at: string;
  readonly from: string | null;
  readonly to: string;
  readonly cause: string;
  readonly client_id: string | null;
}

export const steps = (items: readonly Step[]): string =>
  table(
    ['at', 'from', 'to', 'cause', 'client'],
    items.map(({ at, from, to, cause, client_id }) => [localTime(at), from, to, cause, client_id]),
    'nothing happened',
  );
