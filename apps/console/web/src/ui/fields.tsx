import { useId } from 'react';

interface SelectProps {
  readonly label: string;
  readonly value: string;
  readonly onChange: (value: string) => void;
  /** By value; the first is usually "all". */
  readonly options: readonly (readonly [value: string, text: string])[];
}

/** The platform's own list: phones and screen readers know it. */
export function Select({ label, value, onChange, options }: SelectProps) {
  const id = useId();
  return (
    <div className="flex min-w-36 flex-col gap-1 sm:self-start">
      <label htmlFor={id} className="text-sm font-medium">
        {label}
      </label>
      <select
        id={id}
        value={value}
        onChange={(event) => onChange(event.target.value)}
        className="min-h-11 rounded-md border border-soft bg-card px-2 text-sm sm:min-h-9"
      >
        {options.map(([key, text]) => (
          <option key={key} value={key}>
            {text}
          </option>
        ))}
      </select>
    </div>
  );
}
