import { Link, Outlet, useNavigate, useRouterState } from '@tanstack/react-router';
import { useEffect, useRef, useState } from 'react';
import { ApiError } from '../api/call.ts';
import { useMe } from '../api/hooks.ts';
import { useTexts } from '../i18n/language.tsx';
import { Select } from '../ui/fields.tsx';
import { Empty, Failure, Loading } from '../ui/panel.tsx';
import { useComponent } from './component.ts';
import { Shortcuts } from './shortcuts.tsx';
import { useTheme } from './theme.ts';

const PLACES = [
  ['/', 'overview', 'M3 12l9-8 9 8v8h-6v-5H9v5H3z'],
  ['/rollouts', 'rollouts', 'M12 3c4 2 6 6 6 10l-3 3H9l-3-3c0-4 2-8 6-10zm-3 15h6v3H9z'],
  ['/approvals', 'approvals', 'M4 4h16v12H9l-5 4zm4 6l3 3 5-6'],
  ['/merchants', 'merchants', 'M4 9l2-5h12l2 5v2H4zm1 3h14v8H5z'],
  ['/me', 'me', 'M12 3a4.5 4.5 0 110 9 4.5 4.5 0 010-9zM4 21c1-5 4-7 8-7s7 2 8 7z'],
] as const;

const tool = 'inline-flex min-h-11 items-center rounded-md px-2 text-sm font-medium hover:bg-page sm:min-h-9';

/** What stands around every page. Phones have the places at the thumb. */
export function Shell() {
  const { t, language, setLanguage } = useTexts();
  const [theme, nextTheme] = useTheme();
  const [help, setHelp] = useState(false);
  const path = useRouterState({ select: ({ location }) => location.pathname });
  useFocusOfPage(path);
  return (
    <div className="flex min-h-dvh flex-col">
      <a
        href="#main"
        className="sr-only focus:not-sr-only focus:fixed focus:left-2 focus:top-2 focus:z-50 focus:bg-card focus:p-3"
      >
        {t.skip}
      </a>
      <header className="border-b border-line bg-card">
        <div className="mx-auto flex max-w-6xl flex-wrap items-center gap-x-4 gap-y-1 px-3 py-1">
          <Link to="/" className="flex items-center gap-2 py-2 font-bold">
            <img src="/icon.svg" alt="" width="24" height="24" />
            <span>wxplane</span>
          </Link>
          <nav aria-label={t.navigation} className="hidden gap-1 sm:flex">
            {PLACES.map(([to, name]) => (
              <Link
                key={to}
                to={to}
                activeOptions={{ exact: to === '/' }}
                className={tool}
                activeProps={{ className: 'text-accent underline underline-offset-8', 'aria-current': 'page' }}
              >
                {t.nav[name]}
              </Link>
            ))}
          </nav>
          <div className="ml-auto flex items-center">
            <button type="button" className={`${tool} max-sm:hidden`} onClick={() => setHelp(true)}>
              {t.header.help}
            </button>
            <button type="button" className={tool} onClick={nextTheme} aria-label={t.header.themeLabel(t.header.theme[theme])}>
              <span aria-hidden="true">{theme === 'dark' ? '☾' : theme === 'light' ? '☀' : '◐'}</span>
            </button>
            <button
              type="button"
              className={tool}
              lang={language === 'zh' ? 'en' : 'zh-CN'}
              onClick={() => setLanguage(language === 'zh' ? 'en' : 'zh')}
            >
              {t.header.language}
            </button>
          </div>
        </div>
      </header>
      <main id="main" tabIndex={-1} className="mx-auto w-full max-w-6xl flex-1 px-3 pb-24 pt-4 outline-none sm:pb-8">
        <SignedIn />
      </main>
      <nav
        aria-label={t.navigation}
        className="fixed inset-x-0 bottom-0 z-20 grid grid-cols-5 border-t border-line bg-card pb-[env(safe-area-inset-bottom)] sm:hidden"
      >
        {PLACES.map(([to, name, shape]) => (
          <Link
            key={to}
            to={to}
            activeOptions={{ exact: to === '/' }}
            className="flex min-h-14 flex-col items-center justify-center gap-0.5 text-xs"
            activeProps={{ className: 'font-bold text-accent', 'aria-current': 'page' }}
          >
            <svg viewBox="0 0 24 24" width="20" height="20" aria-hidden="true" fill="none" stroke="currentColor" strokeWidth="2">
              <path d={shape} strokeLinejoin="round" />
            </svg>
            {t.nav[name]}
          </Link>
        ))}
      </nav>
      <Shortcuts open={help} setOpen={setHelp} />
    </div>
  );
}

/** After a change of page the heading has the focus, not what was clicked on the page before. */
function useFocusOfPage(path: string): void {
  const former = useRef(path);
  useEffect(() => {
    if (former.current === path) return;
    former.current = path;
    const timer = setTimeout(() => document.getElementById('page-title')?.focus(), 50);
    return () => clearTimeout(timer);
  }, [path]);
}

/** Nothing is shown before it is known who looks. */
function SignedIn() {
  const { t } = useTexts();
  const me = useMe();
  if (me.data) {
    if (me.data.permissions.length > 0) return <OfComponent />;
    return (
      <Empty title={t.noAccess}>
        <p>{t.noAccessHint}</p>
        <p>
          {me.data.name} · <code className="font-mono">{me.data.subject}</code>
        </p>
        <p>{me.data.groups.length > 0 ? `${t.groups}: ${me.data.groups.join(', ')}` : t.noGroups}</p>
      </Empty>
    );
  }
  // On the way to the sign-in page.
  if (me.error && !(me.error instanceof ApiError && me.error.status === 401))
    return <Failure error={me.error} retry={() => void me.refetch()} />;
  return <Loading />;
}

function OfComponent() {
  const { t } = useTexts();
  const navigate = useNavigate();
  const { all, appid } = useComponent();
  return (
    <>
      {all.length > 1 ? (
        <div className="mb-4">
          <Select
            label={t.header.component}
            value={appid ?? ''}
            onChange={(c) => void navigate({ to: '.', search: (search: Record<string, unknown>) => ({ ...search, c }) } as never)}
            options={all.map(({ component_appid, name }) => [
              component_appid,
              name ? `${name} (${component_appid})` : component_appid,
            ])}
          />
        </div>
      ) : null}
      <Outlet />
    </>
  );
}
