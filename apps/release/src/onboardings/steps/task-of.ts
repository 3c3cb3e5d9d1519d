import type { FilingView } from '#broker-client';
import type { Task } from '../onboarding.domain.js';

type WaitingFor = FilingView['waiting_for'];

const WHO: Readonly<Record<string, Task['who']>> = {
  administrator: 'administrator',
  responsible_person: 'responsible_person',
  operator: 'operator',
};

/** Whom the broker says that something waits for; `undefined`: nobody has to do anything. */
export function taskOf(code: string, waits: WaitingFor): Task | undefined {
  if (!waits?.person_must_act) return undefined;
  const { who, what, remedy, url, until } = waits;
  return {
    code,
    who: WHO[who] ?? 'operator',
    what: remedy ? { en: `${what.en} ${remedy.en}`, zh: `${what.zh}${remedy.zh}` } : what,
    url: url ?? undefined,
    until: until ?? undefined,
  };
}
