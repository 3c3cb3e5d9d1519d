import {
  createRootRoute,
  createRoute,
  createRouter,
  lazyRouteComponent,
  Outlet,
  retainSearchParams,
} from '@tanstack/react-router';
import { APPROVAL_STATES, MERCHANT_KINDS, MERCHANT_STATES, ROLLOUT_STATES, ROLLOUT_TABS, TARGET_STATES } from './app/search.ts';
import { Shell } from './app/shell.tsx';
import { useTheme } from './app/theme.ts';
import { useTexts } from './i18n/language.tsx';
import { Button } from './ui/button.tsx';
import { Page } from './ui/page.tsx';
import { Empty, Failure } from './ui/panel.tsx';

const text = (value: unknown): string | undefined =>
  typeof value === 'string' && value !== '' ? value.slice(0, 200) : undefined;
const oneOf = <T extends string>(all: readonly T[], value: unknown): T | undefined => all.find((one) => one === value);

/** Without members that are not there: the address shows what was chosen, and no more. */
function given<T extends Record<string, unknown>>(search: T): { [K in keyof T]?: NonNullable<T[K]> } {
  return Object.fromEntries(Object.entries(search).filter(([, value]) => value !== undefined)) as never;
}

const rootRoute = createRootRoute({
  component: Outlet,
  validateSearch: (search: Record<string, unknown>): { c?: string } => given({ c: text(search['c']) }),
  search: { middlewares: [retainSearchParams(['c'])] },
  notFoundComponent: NotFound,
  errorComponent: Broken,
});
const shell = createRoute({ getParentRoute: () => rootRoute, id: 'shell', component: Shell });
const page = <P extends string>(path: P) => ({ getParentRoute: () => shell, path }) as const;

const signIn = createRoute({
  getParentRoute: () => rootRoute,
  path: '/sign-in',
  validateSearch: (search) => given({ return: text(search['return']), fault: text(search['fault']) }),
  component: lazyRouteComponent(() => import('./pages/sign-in.tsx'), 'SignInPage'),
});
const overview = createRoute({
  ...page('/'),
  component: lazyRouteComponent(() => import('./pages/overview.tsx'), 'OverviewPage'),
});
const merchants = createRoute({
  ...page('/merchants'),
  validateSearch: (search) =>
    given({ q: text(search['q']), state: oneOf(MERCHANT_STATES, search['state']), kind: oneOf(MERCHANT_KINDS, search['kind']) }),
  component: lazyRouteComponent(() => import('./pages/merchants.tsx'), 'MerchantsPage'),
});
const merchant = createRoute({
  ...page('/merchants/$appid'),
  component: lazyRouteComponent(() => import('./pages/merchant.tsx'), 'MerchantPage'),
});
const rollouts = createRoute({
  ...page('/rollouts'),
  validateSearch: (search) => given({ state: oneOf(ROLLOUT_STATES, search['state']) }),
  component: lazyRouteComponent(() => import('./pages/rollouts.tsx'), 'RolloutsPage'),
});
const rollout = createRoute({
  ...page('/rollouts/$id'),
  validateSearch: (search) => given({ tab: oneOf(ROLLOUT_TABS, search['tab']), state: oneOf(TARGET_STATES, search['state']) }),
  component: lazyRouteComponent(() => import('./pages/rollout.tsx'), 'RolloutPage'),
});
const approvals = createRoute({
  ...page('/approvals'),
  validateSearch: (search) => given({ state: oneOf(APPROVAL_STATES, search['state']) }),
  component: lazyRouteComponent(() => import('./pages/approvals.tsx'), 'ApprovalsPage'),
});
const me = createRoute({ ...page('/me'), component: lazyRouteComponent(() => import('./pages/me.tsx'), 'MePage') });

export const router = createRouter({
  routeTree: rootRoute.addChildren([
    signIn,
    shell.addChildren([overview, merchants, merchant, rollouts, rollout, approvals, me]),
  ]),
  defaultPreload: 'intent',
  scrollRestoration: true,
});

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router;
  }
}

function NotFound() {
  const { t } = useTexts();
  useTheme();
  return (
    <main className="mx-auto max-w-2xl p-4">
      <Page title={t.error.notFound}>
        <p>{t.error.notFoundHint}</p>
        <a href="/" className="self-start text-accent underline">
          {t.nav.overview}
        </a>
      </Page>
    </main>
  );
}

/** A file of an older build that is no longer there, or a mistake of ours: never a white page. */
function Broken({ error }: { readonly error: unknown }) {
  const { t } = useTexts();
  const isOld = /dynamically imported module|module script failed|preload/i.test(String(error));
  return (
    <main className="mx-auto max-w-2xl p-4">
      {isOld ? (
        <Empty title={t.error.stale}>
          <p>{t.error.staleHint}</p>
        </Empty>
      ) : (
        <Failure error={error} />
      )}
      <div className="mt-3 text-center">
        <Button kind="main" onClick={() => location.reload()}>
          {t.error.reload}
        </Button>
      </div>
    </main>
  );
}
