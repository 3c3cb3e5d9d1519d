/** Parts of a kept world that took another shape, as far as they are touched here. */
interface FormerWorld {
  readonly world?: { readonly components?: ReadonlyMap<string, { domains: Record<string, unknown> }> };
  readonly 'app settings'?: { readonly settings?: ReadonlyMap<unknown, Record<string, unknown>> };
}

/**
 * A world of format 1 as format 2 has it: the platform's domains have a list for its test version beside the published one, and
 * mini programs have what came since. What was one list is both.
 */
export function fromFormat1(kept: unknown): unknown {
  const { world, 'app settings': apps } = kept as FormerWorld;
  for (const { domains } of world?.components?.values() ?? [])
    for (const [kind, list] of Object.entries(domains))
      if (Array.isArray(list)) domains[kind] = { testing: [...list], published: [...list] };
  for (const settings of apps?.settings?.values() ?? []) {
    settings['direct'] ??= new Set();
    settings['embedded'] ??= new Map();
    settings['halfScreen'] ??= { flag: 0 };
    for (const counted of ['halfScreenAsked', 'namesSet']) settings[counted] ??= { month: '', used: 0 };
  }
  return kept;
}
