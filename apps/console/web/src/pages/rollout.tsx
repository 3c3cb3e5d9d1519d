import { useQueryClient } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { useRef } from 'react';
import type { RolloutSummary, RolloutView } from '#openapi/release';
import { keyOf, useOperation } from '../api/hooks.ts';
import { type LiveState, useLive } from '../api/live.ts';
import { ROLLOUT_TABS } from '../app/search.ts';
import { inLanguage, useTexts } from '../i18n/language.tsx';
import { Badge } from '../ui/badge.tsx';
import { CopyAs } from '../ui/copy.tsx';
import { Facts } from '../ui/facts.tsx';
import { Page } from '../ui/page.tsx';
import { Panel, Part } from '../ui/panel.tsx';
import { ShareBar } from '../ui/share-bar.tsx';
import { duration, When } from '../ui/time.tsx';
import { RolloutActions } from './rollout.actions.tsx';
import { FailuresTab, HistoryTab, TargetsTab } from './rollout.tabs.tsx';
import { RolloutState } from './rollouts.tsx';

const route = getRouteApi('/shell/rollouts/$id');
/** Changes come many in a second; what is derived from them is read less often. */
const DERIVED_MS = 2_000;
const OVER = ['completed', 'aborted'];

export function RolloutPage() {
  const { t } = useTexts();
  const { id } = route.useParams();
  const request = { path: { rollout_id: id } };
  const query = useOperation('RolloutInsightController_summary', request);
  const rollout = query.data?.rollout;
  const live = useProgress(id, rollout);
  return (
    <Page
      title={rollout?.name ?? `${t.rollouts.title} #${id}`}
      lead={
        <Link to="/rollouts" className="text-accent underline">
          {t.rollouts.detail.back}
        </Link>
      }
      actions={
        <>
          {rollout ? <RolloutActions rollout={rollout} /> : null}
          <CopyAs id="RolloutController_get" request={request} cli={`wxplane rollout show ${id}`} />
        </>
      }
    >
      <Part query={query} permission="releases.read">
        {(summary) => (
          <>
            <Standing summary={summary} live={live} />
            <Tabs id={id} />
          </>
        )}
      </Part>
    </Page>
  );
}

/** Progress as it happens, into what was read; the parts that are derived from it are read again, not too often. */
function useProgress(id: string, rollout: RolloutView | undefined): LiveState | undefined {
  const client = useQueryClient();
  const derivedAt = useRef(0);
  const later = useRef<ReturnType<typeof setTimeout>>(undefined);
  const request = { path: { rollout_id: id } };
  const readDerived = () => {
    derivedAt.current = Date.now();
    void client.invalidateQueries({
      predicate: ({ queryKey }) =>
        typeof queryKey[0] === 'string' &&
        /^Rollout/.test(queryKey[0]) &&
        (queryKey[1] as { rollout_id?: string } | undefined)?.rollout_id === id,
    });
  };
  const isOver = rollout === undefined || OVER.includes(rollout.state);
  const state = useLive(
    isOver ? undefined : `/api/release/v1/rollouts/${encodeURIComponent(id)}/events`,
    'progress',
    (data) => {
      const view = data as RolloutView;
      client.setQueryData<RolloutSummary>(keyOf('RolloutInsightController_summary', request), (former) =>
        former ? { ...former, rollout: view } : former,
      );
      clearTimeout(later.current);
      later.current = setTimeout(readDerived, Math.max(0, derivedAt.current + DERIVED_MS - Date.now()));
    },
    readDerived,
  );
  return isOver ? undefined : state;
}

const LIVE_TONES = { connecting: 'plain', live: 'good', reconnecting: 'warn', paused: 'plain' } as const;

function Standing({ summary, live }: { readonly summary: RolloutSummary; readonly live: LiveState | undefined }) {
  const { t, language } = useTexts();
  const { rollout, stages, pace, waits } = summary;
  const d = t.rollouts.detail;
  const { reason, counts } = rollout;
  const limits: Readonly<Record<string, string>> = d.limits;
  const waitsFor: Readonly<Record<string, string>> = d.waitsFor;
  const parts = [
    { tone: 'good', count: stages.succeeded, name: d.stages.succeeded },
    { tone: 'info', count: stages.gray, name: d.stages.gray },
    { tone: 'info', count: stages.approved, name: d.stages.approved },
    { tone: 'info', count: stages.in_review, name: d.stages.in_review },
    { tone: 'info', count: stages.preparing, name: d.stages.preparing },
    { tone: 'bad', count: stages.failed, name: d.stages.failed },
    { tone: 'plain', count: stages.skipped, name: d.stages.skipped },
    { tone: 'none', count: stages.pending, name: d.stages.pending },
  ] as const;
  const remedy = inLanguage(reason?.remedy, language);
  return (
    <>
      {reason ? (
        <div className={`rounded-lg border-l-4 bg-card p-4 ${rollout.needs_attention ? 'border-bad' : 'border-warn'}`}>
          <h2 className="font-semibold">{d.reason}</h2>
          <p className="mt-1 text-sm">
            {reason.detail ?? reason.code}
            {reason.errcode === undefined ? '' : ` (${reason.errcode})`}
          </p>
          {remedy ? (
            <p className="mt-1 text-sm">
              <span className="font-medium">{d.remedy}: </span>
              {remedy}
            </p>
          ) : null}
          {reason.explained_until ? (
            <p className="mt-1 text-sm text-soft">
              {d.until} <When at={reason.explained_until} exact />
            </p>
          ) : null}
        </div>
      ) : null}
      <Panel
        title={t.rollouts.progress}
        action={
          <span className="flex flex-wrap gap-1">
            <RolloutState state={rollout.state} />
            {rollout.needs_attention ? <Badge tone="bad">{t.rollouts.attention}</Badge> : null}
            {live ? <Badge tone={LIVE_TONES[live]}>{t.live[live]}</Badge> : null}
          </span>
        }
      >
        <p className="mb-2 text-lg font-semibold tabular-nums">
          {t.rollouts.ofTargets(counts.succeeded + counts.failed + counts.skipped, counts.total)}
        </p>
        <ShareBar label={d.progressLabel} parts={parts} />
        <dl className="mt-3 grid grid-cols-2 gap-2 text-sm sm:grid-cols-4">
          {parts.map(({ name, count }) => (
            <div key={name} className="rounded border border-line p-2">
              <dt className="text-soft">{name}</dt>
              <dd className="font-semibold tabular-nums">{count}</dd>
            </div>
          ))}
        </dl>
        <div className="mt-4">
          <Facts
            rows={[
              [t.rollouts.version, rollout.user_version],
              [d.template, String(rollout.template_id)],
              [d.limitedBy, pace.limited_by ? (limits[pace.limited_by] ?? pace.limited_by) : undefined],
              [
                d.pace,
                OVER.includes(rollout.state)
                  ? undefined
                  : `${d.ended(pace.ended, Math.max(1, Math.round(pace.within_s / 60)))}; ${pace.left_s === null ? d.leftUnknown : d.left(duration(pace.left_s, t))}`,
              ],
              [
                d.waits,
                waits.length > 0
                  ? waits.map((wait) => `${waitsFor[wait.for] ?? wait.for}: ${wait.count}`).join(' · ')
                  : undefined,
              ],
              [t.rollouts.started, <When key="started" at={rollout.created_at} />],
              [d.finished, rollout.finished_at ? <When key="finished" at={rollout.finished_at} /> : undefined],
            ]}
          />
        </div>
      </Panel>
    </>
  );
}

/** The address says which one is open. */
function Tabs({ id }: { readonly id: string }) {
  const { t } = useTexts();
  const { tab = 'failures' } = route.useSearch();
  return (
    <div>
      <nav aria-label={t.rollouts.title} className="mb-3 flex flex-wrap gap-1 border-b border-line">
        {ROLLOUT_TABS.map((name) => (
          <Link
            key={name}
            to="/rollouts/$id"
            params={{ id }}
            search={{ tab: name }}
            replace
            resetScroll={false}
            aria-current={tab === name ? 'page' : undefined}
            className={`min-h-11 px-3 py-2 text-sm ${tab === name ? 'border-b-2 border-accent font-bold text-accent' : 'text-soft'}`}
          >
            {t.rollouts.detail.tabs[name]}
          </Link>
        ))}
      </nav>
      {tab === 'failures' ? <FailuresTab id={id} /> : tab === 'targets' ? <TargetsTab id={id} /> : <HistoryTab id={id} />}
    </div>
  );
}
