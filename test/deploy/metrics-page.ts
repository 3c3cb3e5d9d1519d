import { readFileSync } from 'node:fs';
import { ROOT } from './manifests.js';

/** The metrics that docs/metrics.md explains, by the section they stand in. */
export function metricsBySection(): Map<string, Set<string>> {
  const sections = new Map<string, Set<string>>();
  let section = '';
  for (const line of readFileSync(`${ROOT}docs/metrics.md`, 'utf8').split('\n')) {
    section = /^## (.+)$/.exec(line)?.[1] ?? section;
    const name = /^\| `([a-z0-9_]+)` \|/.exec(line)?.[1];
    if (name) sections.set(section, (sections.get(section) ?? new Set()).add(name));
  }
  return sections;
}

export function documentedMetrics(): string[] {
  return [...metricsBySection().values()].flatMap((names) => [...names]);
}
