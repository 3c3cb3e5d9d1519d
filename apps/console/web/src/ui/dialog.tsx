import { AlertDialog } from '@base-ui/react/alert-dialog';
import { type ReactNode, useId, useState } from 'react';
import { ApiError } from '../api/call.ts';
import { useMe } from '../api/hooks.ts';
import { useTexts } from '../i18n/language.tsx';
import { Button, buttonLook } from './button.tsx';
import { CommandLine } from './copy.tsx';
import { Failure } from './panel.tsx';

interface Props {
  readonly open: boolean;
  readonly onClose: () => void;
  readonly title: string;
  readonly children: ReactNode;
  readonly actions: ReactNode;
}

/** A question that has to be answered: the page behind it waits. On a phone it is a sheet at the thumb. */
export function Dialog({ open, onClose, title, children, actions }: Props) {
  return (
    <AlertDialog.Root open={open} onOpenChange={(next) => (next ? undefined : onClose())}>
      <AlertDialog.Portal>
        <AlertDialog.Backdrop className="fixed inset-0 z-40 bg-black/50" />
        <AlertDialog.Popup className="fixed inset-x-0 bottom-0 z-50 max-h-dvh overflow-y-auto rounded-t-xl border border-line bg-card p-5 sm:inset-x-auto sm:bottom-auto sm:left-1/2 sm:top-1/2 sm:w-full sm:max-w-lg sm:-translate-x-1/2 sm:-translate-y-1/2 sm:rounded-xl">
          <AlertDialog.Title className="text-lg font-semibold">{title}</AlertDialog.Title>
          <div className="mt-2 flex flex-col gap-3">{children}</div>
          <div className="mt-4 flex flex-wrap justify-end gap-2">{actions}</div>
        </AlertDialog.Popup>
      </AlertDialog.Portal>
    </AlertDialog.Root>
  );
}

interface ConfirmProps {
  readonly open: boolean;
  readonly onClose: () => void;
  readonly title: string;
  readonly text: string;
  readonly noteLabel: string;
  readonly failed: string;
  readonly kind: 'main' | 'danger';
  readonly yes: string;
  /** @throws ApiError */
  readonly act: (note: string) => Promise<unknown>;
}

/** Says what will happen, takes a note, does it, and stays open with the reason when it was not done. */
export function Confirm({ open, onClose, title, text, noteLabel, failed, kind, yes, act }: ConfirmProps) {
  const { t } = useTexts();
  const [note, setNote] = useState('');
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>();
  const id = useId();
  const again = error instanceof ApiError && error.problem?.step_up === true;
  const close = () => {
    setError(undefined);
    setNote('');
    onClose();
  };
  const go = async () => {
    setBusy(true);
    setError(undefined);
    try {
      await act(note.trim());
      close();
    } catch (problem) {
      setError(problem);
    } finally {
      setBusy(false);
    }
  };
  if (again) return <StepUp open={open} onClose={close} />;
  return (
    <Dialog
      open={open}
      onClose={close}
      title={title}
      actions={
        <>
          <Button onClick={close}>{t.cancel}</Button>
          <Button kind={kind} disabled={busy} onClick={() => void go()}>
            {yes}
          </Button>
        </>
      }
    >
      <p className="text-sm">{text}</p>
      <label htmlFor={id} className="text-sm font-medium">
        {noteLabel}
      </label>
      <textarea
        id={id}
        rows={2}
        maxLength={200}
        value={note}
        onChange={(event) => setNote(event.target.value)}
        className="w-full rounded-md border border-soft bg-page p-2 text-sm"
      />
      {error === undefined ? null : (
        <>
          <p className="font-semibold text-bad">{failed}</p>
          <Failure error={error} />
        </>
      )}
    </Dialog>
  );
}

/** A sign-in that is too old for what cannot be undone. */
function StepUp({ open, onClose }: { readonly open: boolean; readonly onClose: () => void }) {
  const { t } = useTexts();
  const { data: me } = useMe();
  const back = encodeURIComponent(location.pathname + location.search);
  return (
    <Dialog
      open={open}
      onClose={onClose}
      title={t.stepUp.title}
      actions={
        <>
          <Button onClick={onClose}>{t.close}</Button>
          {me?.local ? null : (
            <a className={buttonLook('main')} href={`/auth/start?again=1&return=${back}`}>
              {t.stepUp.go}
            </a>
          )}
        </>
      }
    >
      <p className="text-sm">{me?.local ? t.stepUp.local : t.stepUp.text}</p>
      {me?.local ? <CommandLine command="wxplane console link" /> : null}
    </Dialog>
  );
}
