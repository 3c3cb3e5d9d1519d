import { useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { useEffect, useState } from 'react';
import { ApiError, ask } from '../api/call.ts';
import { useTheme } from '../app/theme.ts';
import { useTexts } from '../i18n/language.tsx';
import { Button, buttonLook } from '../ui/button.tsx';
import { CommandLine } from '../ui/copy.tsx';
import { Failure, Loading } from '../ui/panel.tsx';

const route = getRouteApi('/sign-in');

interface Ways {
  readonly oidc: boolean;
  readonly links: boolean;
}

/** Read once, and gone from the address before anything else happens: a link is in no history and no referrer. */
const LINK = /^#[\w-]{20,}\.[\w-]{80,}$/.test(location.hash) ? location.hash.slice(1) : undefined;
if (LINK !== undefined) history.replaceState(null, '', `${location.pathname}${location.search}`);

/** Whom the link is for: whoever was sent somebody else's sees it. The server looks whether it is right. */
function nameIn(link: string): string {
  try {
    const bytes = Uint8Array.from(atob(link.split('.')[0]!.replaceAll('-', '+').replaceAll('_', '/')), (one) =>
      one.charCodeAt(0),
    );
    const { name } = JSON.parse(new TextDecoder().decode(bytes)) as { readonly name?: unknown };
    return typeof name === 'string' ? name : '';
  } catch {
    return '';
  }
}

/** A page of ours, whatever the address says. */
const pageOf = (wanted: string | undefined): string => (wanted !== undefined && /^\/(?![/\\])/.test(wanted) ? wanted : '/');

export function SignInPage() {
  const { t, language, setLanguage } = useTexts();
  useTheme();
  const search = route.useSearch();
  const ways = useQuery({ queryKey: ['sign-in'], queryFn: ({ signal }) => ask<Ways>('GET', '/api/sign-in', undefined, signal) });
  useEffect(() => {
    document.title = t.breadcrumb(t.signIn.title);
  }, [t]);
  return (
    <main className="mx-auto flex min-h-dvh max-w-md flex-col justify-center gap-5 p-4">
      <div className="rounded-xl border border-line bg-card p-6">
        <div className="flex items-center justify-between">
          <img src="/icon.svg" alt="" width="40" height="40" />
          <button
            type="button"
            className="min-h-11 px-2 text-sm font-medium"
            lang={language === 'zh' ? 'en' : 'zh-CN'}
            onClick={() => setLanguage(language === 'zh' ? 'en' : 'zh')}
          >
            {t.header.language}
          </button>
        </div>
        <h1 className="mt-3 text-2xl font-bold">{t.product}</h1>
        <p className="mt-1 text-sm text-soft">{t.signIn.lead}</p>
        <div className="mt-5 flex flex-col gap-4">
          {search.fault ? <Fault fault={search.fault} /> : null}
          {LINK === undefined ? null : <ByLink link={LINK} to={pageOf(search.return)} />}
          {ways.data ? <Ways ways={ways.data} to={pageOf(search.return)} /> : null}
          {ways.error ? <Failure error={ways.error} retry={() => void ways.refetch()} /> : null}
          {ways.isPending ? <Loading /> : null}
        </div>
      </div>
    </main>
  );
}

function Fault({ fault }: { readonly fault: string }) {
  const { t } = useTexts();
  const faults: Readonly<Record<string, string>> = t.signIn.faults;
  return (
    <p role="alert" className="rounded-md bg-bad-bg p-3 text-sm text-bad">
      {faults[fault] ?? t.signIn.otherFault}
    </p>
  );
}

function Ways({ ways, to }: { readonly ways: Ways; readonly to: string }) {
  const { t } = useTexts();
  return (
    <>
      {ways.oidc ? (
        <a className={buttonLook(LINK === undefined ? 'main' : 'plain')} href={`/auth/start?return=${encodeURIComponent(to)}`}>
          {t.signIn.oidc}
        </a>
      ) : null}
      {ways.links && LINK === undefined ? (
        <div className="text-sm">
          <p className="mb-2">{ways.oidc ? t.signIn.byLink : t.signIn.noWay}</p>
          <CommandLine command="wxplane console link" />
        </div>
      ) : null}
    </>
  );
}

/** By a click, so that whoever only looks at a link, as chats do, uses nothing up. */
function ByLink({ link, to }: { readonly link: string; readonly to: string }) {
  const { t } = useTexts();
  const [state, setState] = useState<'ready' | 'busy' | 'over'>('ready');
  const [error, setError] = useState<unknown>();
  const signIn = async () => {
    setState('busy');
    setError(undefined);
    try {
      await ask('POST', '/api/sign-in/link', { link });
      location.replace(to);
    } catch (problem) {
      setError(problem);
      setState(problem instanceof ApiError && problem.problem?.fault?.startsWith('link-') ? 'over' : 'ready');
    }
  };
  const fault = error instanceof ApiError ? error.problem?.fault : undefined;
  return (
    <div className="flex flex-col gap-2">
      {state === 'over' ? null : (
        <>
          <Button kind="main" disabled={state === 'busy'} onClick={() => void signIn()}>
            {state === 'busy' ? t.signIn.linkWorking : t.signIn.link}
          </Button>
          <p className="text-sm text-soft">
            {t.signIn.linkFor(nameIn(link))} {t.signIn.linkHint}
          </p>
        </>
      )}
      {fault ? <Fault fault={fault} /> : null}
      {error && !fault ? <Failure error={error} /> : null}
      {state === 'over' ? <CommandLine command="wxplane console link" /> : null}
    </div>
  );
}
