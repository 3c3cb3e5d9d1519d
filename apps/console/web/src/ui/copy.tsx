import { Menu } from '@base-ui/react/menu';
import { useState } from 'react';
import { OPERATIONS, type OperationId } from '../../../src/operations/operations.ts';
import { pathOf, type Request } from '../api/call.ts';
import { useTexts } from '../i18n/language.tsx';
import { buttonLook } from './button.tsx';

/** Into the clipboard; says so, also to who does not see it. */
function useCopy(): readonly [copied: boolean, copy: (text: string) => void] {
  const [copied, setCopied] = useState(false);
  const copy = (text: string) => {
    void navigator.clipboard.writeText(text).then(() => {
      setCopied(true);
      setTimeout(() => setCopied(false), 2_000);
    });
  };
  return [copied, copy];
}

export function CopyButton({ text, label }: { readonly text: string; readonly label?: string }) {
  const { t } = useTexts();
  const [copied, copy] = useCopy();
  return (
    <button type="button" className={buttonLook()} onClick={() => copy(text)}>
      <span aria-live="polite">{copied ? t.copied : (label ?? t.copy)}</span>
    </button>
  );
}

/** A line for a shell, with a button to copy it. */
export function CommandLine({ command }: { readonly command: string }) {
  return (
    <div className="flex flex-wrap items-center gap-2">
      <code className="rounded border border-line bg-page px-2 py-1 font-mono text-sm">{command}</code>
      <CopyButton text={command} />
    </div>
  );
}

/** The same as this page asks, for a shell: with the address and the key of `.env`, never with this session. */
export function curlOf(id: OperationId, request: Request): string {
  const { app, method } = OPERATIONS[id];
  const quote = (text: string) => `'${text.replaceAll("'", "'\\''")}'`;
  const body = request.body === undefined ? '' : ` -H 'Content-Type: application/json' -d ${quote(JSON.stringify(request.body))}`;
  const verb = method === 'GET' ? '' : ` -X ${method}`;
  return `curl${verb} -H "Authorization: Bearer $WXPLANE_CLIENT_KEY"${body} "$${app.toUpperCase()}_URL"${quote(pathOf(id, request))}`;
}

/** What this page or action is as a command. */
export function CopyAs({ id, request, cli }: { readonly id: OperationId; readonly request: Request; readonly cli: string }) {
  const { t } = useTexts();
  const [copied, copy] = useCopy();
  const item = 'block w-full min-h-11 sm:min-h-9 cursor-pointer rounded px-3 py-2 text-left text-sm data-highlighted:bg-page';
  return (
    <Menu.Root modal={false}>
      <Menu.Trigger className={buttonLook()}>
        <span aria-live="polite">{copied ? t.copied : t.copy}</span>
        <span aria-hidden="true">▾</span>
      </Menu.Trigger>
      <Menu.Portal>
        <Menu.Positioner sideOffset={4} align="end" className="z-30">
          <Menu.Popup className="min-w-56 rounded-md border border-line bg-card p-1 shadow-lg">
            <Menu.Item className={item} onClick={() => copy(cli)}>
              {t.copyCli}
            </Menu.Item>
            <Menu.Item className={item} onClick={() => copy(curlOf(id, request))}>
              {t.copyCurl}
            </Menu.Item>
          </Menu.Popup>
        </Menu.Positioner>
      </Menu.Portal>
    </Menu.Root>
  );
}
