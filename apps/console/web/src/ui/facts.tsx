import type { ReactNode } from 'react';

/** Names and values; what is not there is left out. */
export function Facts({ rows }: { readonly rows: readonly (readonly [name: string, value: ReactNode])[] }) {
  return (
    <dl className="grid gap-x-4 gap-y-1 text-sm sm:grid-cols-[minmax(9rem,auto)_1fr]">
      {rows
        .filter(([, value]) => value !== undefined && value !== null && value !== '')
        .map(([name, value]) => (
          <div key={name} className="contents">
            <dt className="mt-1 text-soft sm:mt-0">{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
    </dl>
  );
}
