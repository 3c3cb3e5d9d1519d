import { useNavigate } from '@tanstack/react-router';
import { useEffect, useState } from 'react';
import { useTexts } from '../i18n/language.tsx';
import { Button } from '../ui/button.tsx';
import { Dialog } from '../ui/dialog.tsx';

const PLACES = { o: '/', r: '/rollouts', a: '/approvals', m: '/merchants' } as const;

const isTyping = ({ target }: KeyboardEvent) =>
  target instanceof HTMLElement && (target.isContentEditable || ['INPUT', 'TEXTAREA', 'SELECT'].includes(target.tagName));

/** Moves over the rows of a list: whatever carries `data-row`. */
function moveRow(step: number): void {
  const rows = [...document.querySelectorAll<HTMLElement>('[data-row]')];
  const at = rows.indexOf(document.activeElement as HTMLElement);
  rows[Math.min(rows.length - 1, Math.max(0, at < 0 ? 0 : at + step))]?.focus();
}

/** Keys of the whole console; none of them works while somebody types. */
export function Shortcuts({ open, setOpen }: { readonly open: boolean; readonly setOpen: (open: boolean) => void }) {
  const { t } = useTexts();
  const navigate = useNavigate();
  const [keys] = useState(() => ({ g: 0 }));
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (isTyping(event) || event.ctrlKey || event.metaKey || event.altKey) return;
      const place = PLACES[event.key as keyof typeof PLACES];
      if (event.key === 'g') keys.g = Date.now();
      else if (place !== undefined && Date.now() - keys.g < 1_500) {
        keys.g = 0;
        void navigate({ to: place });
      } else if (event.key === 'j') moveRow(1);
      else if (event.key === 'k') moveRow(-1);
      else if (event.key === '?') setOpen(true);
      else if (event.key === '/') {
        const search = document.querySelector<HTMLElement>('input[type=search]');
        if (!search) return;
        event.preventDefault();
        search.focus();
      }
    };
    document.addEventListener('keydown', onKey);
    return () => document.removeEventListener('keydown', onKey);
  }, [keys, navigate, setOpen]);
  return (
    <Dialog
      open={open}
      onClose={() => setOpen(false)}
      title={t.shortcuts.title}
      actions={<Button onClick={() => setOpen(false)}>{t.close}</Button>}
    >
      <dl className="grid grid-cols-[auto_1fr] gap-x-4 gap-y-2 text-sm">
        {t.shortcuts.rows.map((row) => (
          <div key={row[0]} className="contents">
            <dt>
              <kbd className="rounded border border-line px-1.5 font-mono">{row[0]}</kbd>
            </dt>
            <dd>{row[1]}</dd>
          </div>
        ))}
      </dl>
      <p className="text-sm text-soft">{t.shortcuts.note}</p>
    </Dialog>
  );
}
