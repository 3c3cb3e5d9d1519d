export interface Share {
  readonly tone: 'good' | 'bad' | 'warn' | 'info' | 'plain' | 'none';
  readonly count: number;
  readonly name: string;
}

const FILLS: Readonly<Record<Share['tone'], string>> = {
  good: 'bg-good',
  bad: 'bg-bad',
  warn: 'bg-warn',
  info: 'bg-info',
  plain: 'bg-soft',
  none: 'bg-transparent',
};

/** How a number of things divides; the words say the same, for who does not see it. */
export function ShareBar({ label, parts }: { readonly label: string; readonly parts: readonly Share[] }) {
  const total = parts.reduce((sum, { count }) => sum + count, 0);
  const shown = parts.filter(({ count }) => count > 0);
  const words = shown.map(({ name, count }) => `${name} ${count}`).join(', ');
  return (
    <span
      role="img"
      aria-label={`${label}: ${words}`}
      className="flex h-3 w-full overflow-hidden rounded-full border border-soft bg-page"
    >
      {shown.map(({ name, count, tone }) => (
        <span
          key={name}
          title={`${name}: ${count}`}
          className={FILLS[tone]}
          style={{ width: `${(100 * count) / Math.max(1, total)}%` }}
        />
      ))}
    </span>
  );
}
