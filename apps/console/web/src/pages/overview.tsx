import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { useComponent } from '../app/component.ts';
import { useTexts } from '../i18n/language.tsx';
import { Badge } from '../ui/badge.tsx';
import { CopyButton } from '../ui/copy.tsx';
import { Page } from '../ui/page.tsx';
import { Failure, Loading, Panel, Part } from '../ui/panel.tsx';
import { duration, When } from '../ui/time.tsx';
import { type Need, needsOf, useSigns } from './overview.needs.ts';

export function OverviewPage() {
  const { t } = useTexts();
  const { query } = useComponent();
  return (
    <Page title={t.overview.title}>
      <Part query={query} permission="components.read">
        {() => <Needs />}
      </Part>
    </Page>
  );
}

/** What needs a person, the most urgent first; then the vital signs. Each part is read by itself, and is missed by nobody but itself. */
function Needs() {
  const { t } = useTexts();
  const signs = useSigns();
  const needs = needsOf(signs, t);
  const failed = Object.values(signs.parts).filter((part) => part.error && part.data === undefined);
  const settled = Object.values(signs.parts).every(
    (part) => part.data !== undefined || part.error || part.fetchStatus === 'idle',
  );
  const checked = Math.min(
    ...Object.values(signs.parts).flatMap(({ dataUpdatedAt }) => (dataUpdatedAt > 0 ? [dataUpdatedAt] : [])),
  );
  return (
    <>
      <div role="status" className="rounded-lg border border-line bg-card p-4">
        <p className="text-lg font-semibold">
          {!settled && needs.length === 0
            ? t.loading
            : needs.length === 0
              ? failed.length > 0
                ? t.overview.partly
                : t.overview.nothing
              : t.overview.some(needs.length)}
        </p>
        {failed.length > 0 && needs.length > 0 ? <p className="mt-1 text-sm text-bad">{t.overview.partly}</p> : null}
        {Number.isFinite(checked) ? (
          <p className="mt-1 text-sm text-soft">
            {t.overview.checked} <When at={new Date(checked).toISOString()} exact />
          </p>
        ) : null}
      </div>
      {needs.length > 0 ? (
        <ul className="flex flex-col gap-3">
          {needs.map((need) => (
            <li key={need.id}>
              <NeedCard need={need} />
            </li>
          ))}
        </ul>
      ) : null}
      {failed.map((part) => (
        <Failure key={String(part.dataUpdatedAt) + String(part.error)} error={part.error} retry={() => void part.refetch()} />
      ))}
      <Vitals signs={signs} />
    </>
  );
}

function NeedCard({ need }: { readonly need: Need }) {
  const { t } = useTexts();
  return (
    <article className={`rounded-lg border-l-4 bg-card p-4 ${need.tone === 'bad' ? 'border-bad' : 'border-warn'}`}>
      <div className="flex flex-wrap items-center gap-2">
        <Badge tone={need.tone}>{t.overview.severity[need.tone]}</Badge>
        <h2 className="font-semibold">{need.title}</h2>
        {need.since ? (
          <span className="text-sm text-soft">
            <When at={need.since} />
          </span>
        ) : null}
      </div>
      {need.cause ? <p className="mt-2 text-sm">{need.cause}</p> : null}
      <dl className="mt-2 grid gap-x-3 gap-y-1 text-sm sm:grid-cols-[auto_1fr]">
        <dt className="font-medium text-soft">{t.overview.byItself}</dt>
        <dd>{need.byItself}</dd>
        <dt className="font-medium text-soft">{t.overview.youDo}</dt>
        <dd>{need.toDo}</dd>
      </dl>
      <div className="mt-3 flex flex-wrap items-center gap-2">
        {need.to ? (
          <Link
            {...need.to}
            data-row=""
            className="inline-flex min-h-11 items-center rounded-md border border-line px-3 text-sm font-medium sm:min-h-9"
          >
            {t.overview.open}
            <span className="sr-only">: {need.title}</span>
          </Link>
        ) : null}
        <CopyButton text={need.command} label={t.copyCli} />
        {need.runbook ? (
          <span className="text-sm text-soft">
            {t.overview.runbook}: <code className="font-mono">{need.runbook}</code>
          </span>
        ) : null}
      </div>
    </article>
  );
}

function Vitals({ signs }: { readonly signs: ReturnType<typeof useSigns> }) {
  const { t } = useTexts();
  const { component, parts } = signs;
  const tiles: (readonly [label: string, value: ReactNode])[] = [];
  if (component) {
    const { ticket_age: age, token, authorizers } = component;
    const counts = authorizers as Readonly<Record<string, number>>;
    const all = Object.values(counts).reduce((sum, count) => sum + (typeof count === 'number' ? count : 0), 0);
    tiles.push(
      [t.overview.tiles.ticket, age === null ? t.overview.never : duration(age, t)],
      [
        t.overview.tiles.token,
        token.expires_in === null ? t.overview.noToken : t.overview.expiresIn(duration(token.expires_in, t)),
      ],
      [t.overview.tiles.merchants, t.overview.ofAll(counts['active'] ?? 0, all)],
    );
  }
  const quota = parts.quota.data;
  if (quota) tiles.push([t.overview.tiles.reviews, t.overview.ofAll(quota.rest, quota.limit)]);
  const rollouts = signs.underWay;
  if (rollouts !== undefined) tiles.push([t.overview.tiles.rollouts, String(rollouts)]);
  const deliveries = parts.deliveries.data;
  if (deliveries)
    tiles.push([
      t.overview.tiles.deliveries,
      deliveries.next_cursor ? t.overview.atLeast(deliveries.items.length) : String(deliveries.items.length),
    ]);
  return (
    <Panel title={t.overview.vitals}>
      {tiles.length === 0 ? <Loading /> : null}
      <dl className="grid grid-cols-2 gap-3 sm:grid-cols-3">
        {tiles.map(([label, value]) => (
          <div key={label} className="rounded-md border border-line p-3">
            <dt className="text-sm text-soft">{label}</dt>
            <dd className="text-lg font-semibold tabular-nums">{value}</dd>
          </div>
        ))}
      </dl>
    </Panel>
  );
}
