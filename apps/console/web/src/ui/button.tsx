import type { ButtonHTMLAttributes } from 'react';

type Kind = 'main' | 'plain' | 'danger';
const LOOKS: Readonly<Record<Kind, string>> = {
  main: 'bg-accent text-on-accent border-accent',
  plain: 'bg-card text-ink border-line hover:border-soft',
  danger: 'bg-card text-bad border-bad',
};

export const buttonLook = (kind: Kind = 'plain') =>
  `inline-flex min-h-11 sm:min-h-9 items-center justify-center gap-2 rounded-md border px-3 text-sm font-medium ${LOOKS[kind]}`;

interface Props extends ButtonHTMLAttributes<HTMLButtonElement> {
  readonly kind?: Kind;
  /** Why it cannot be used; it stays where it is, and says it. */
  readonly denied?: string | undefined;
}

/** A button that may not be used is seen, and says why. */
export function Button({ kind = 'plain', denied, disabled, children, onClick, ...rest }: Props) {
  return (
    <button
      type="button"
      {...rest}
      // Reachable, so that keyboard and screen reader learn why.
      aria-disabled={denied !== undefined || disabled || undefined}
      title={denied ?? rest.title}
      className={`${buttonLook(kind)} ${denied !== undefined || disabled ? 'cursor-not-allowed border-dashed' : ''}`}
      onClick={denied !== undefined || disabled ? undefined : onClick}
    >
      {children}
      {denied === undefined ? null : <span className="sr-only">({denied})</span>}
    </button>
  );
}
