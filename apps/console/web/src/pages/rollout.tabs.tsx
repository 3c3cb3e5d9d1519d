import { getRouteApi, Link } from '@tanstack/react-router';
import type { RolloutFailureView } from '#openapi/release';
import { useMe, usePages } from '../api/hooks.ts';
import { TARGET_STATES } from '../app/search.ts';
import { inLanguage, useTexts } from '../i18n/language.tsx';
import { Badge, type Tone } from '../ui/badge.tsx';
import { CommandLine } from '../ui/copy.tsx';
import { Select } from '../ui/fields.tsx';
import { MoreButton } from '../ui/more.tsx';
import { Empty, Part } from '../ui/panel.tsx';
import { When } from '../ui/time.tsx';

const route = getRouteApi('/shell/rollouts/$id');
const TONES: Readonly<Record<string, Tone>> = {
  succeeded: 'good',
  failed: 'bad',
  skipped: 'plain',
  running: 'info',
  pending: 'plain',
};

/** What keeps mini programs from the goal, by cause, the most frequent first. */
export function FailuresTab({ id }: { readonly id: string }) {
  const { t } = useTexts();
  const list = usePages('RolloutInsightController_failures', { path: { rollout_id: id } });
  return (
    <Part query={list} permission="releases.read">
      {({ pages }) => {
        const items = pages.flatMap((page) => page.items);
        return items.length === 0 ? (
          <Empty title={t.rollouts.detail.noFailures} />
        ) : (
          <>
            <ul className="flex flex-col gap-3">
              {items.map((failure) => (
                <li key={`${failure.state} ${failure.cause}`}>
                  <Failed id={id} failure={failure} />
                </li>
              ))}
            </ul>
            <MoreButton list={list} />
          </>
        );
      }}
    </Part>
  );
}

function Failed({ id, failure }: { readonly id: string; readonly failure: RolloutFailureView }) {
  const { t, language } = useTexts();
  const d = t.rollouts.detail;
  const { reason, state, count, cause, authorizer_appids: appids, carried_on: carried } = failure;
  const states: Readonly<Record<string, string>> = d.failureStates;
  const remedy = inLanguage(reason.remedy, language);
  return (
    <article className="rounded-lg border border-line bg-card p-4">
      <div className="flex flex-wrap items-center gap-2">
        <Badge tone={state === 'failed' ? 'bad' : 'warn'}>{states[state] ?? state}</Badge>
        <h3 className="font-semibold">{d.affected(count)}</h3>
        <code className="font-mono text-sm text-soft">{cause}</code>
      </div>
      <p className="mt-2 text-sm">
        {reason.detail ?? reason.errmsg ?? reason.code}
        {reason.errcode === undefined ? '' : ` (${reason.errcode})`}
      </p>
      {remedy ? (
        <p className="mt-1 text-sm">
          <span className="font-medium">{d.remedy}: </span>
          {remedy}
        </p>
      ) : null}
      {carried > 0 && carried < count ? <p className="mt-1 text-sm text-soft">{d.carried(carried)}</p> : null}
      <ul className="mt-2 flex flex-wrap gap-x-3 gap-y-1 text-sm">
        {appids.slice(0, 5).map((appid) => (
          <li key={appid}>
            <Link to="/merchants/$appid" params={{ appid }} className="font-mono text-accent underline">
              {appid}
            </Link>
          </li>
        ))}
        {count > 5 ? <li className="text-soft">{d.andMore(count - 5)}</li> : null}
      </ul>
      {state === 'running' ? null : (
        <div className="mt-3">
          <CommandLine command={`wxplane rollout retry ${id} --cause ${cause}`} />
        </div>
      )}
    </article>
  );
}

export function TargetsTab({ id }: { readonly id: string }) {
  const { t } = useTexts();
  const { state } = route.useSearch();
  const navigate = route.useNavigate();
  const d = t.rollouts.detail;
  const names: Readonly<Record<string, string>> = d.targetStates;
  const releaseStates: Readonly<Record<string, string>> = d.releaseStates;
  const list = usePages('RolloutController_targets', { path: { rollout_id: id }, query: { state, limit: 100 } });
  return (
    <div className="flex flex-col gap-3">
      <Select
        label={t.rollouts.state}
        value={state ?? ''}
        onChange={(next) =>
          void navigate({ search: { tab: 'targets', ...(next ? { state: next as typeof state } : {}) } as never, replace: true })
        }
        options={[['', t.all], ...TARGET_STATES.map((one) => [one, d.targetStates[one]] as const)]}
      />
      <Part query={list} permission="releases.read">
        {({ pages }) => {
          const items = pages.flatMap((page) => page.items);
          if (items.length === 0) return <Empty title={d.noTargets} />;
          return (
            <>
              <ul className="flex flex-col gap-2">
                {items.map((target) => (
                  <li key={target.authorizer_appid} className="rounded-md border border-line bg-card p-3">
                    <div className="flex flex-wrap items-center gap-2">
                      <Link
                        to="/merchants/$appid"
                        params={{ appid: target.authorizer_appid }}
                        data-row=""
                        className="font-mono text-sm text-accent underline"
                      >
                        {target.authorizer_appid}
                      </Link>
                      <Badge tone={TONES[target.state] ?? 'plain'}>{names[target.state] ?? target.state}</Badge>
                      {target.is_canary ? <Badge tone="plain">{d.canary}</Badge> : null}
                      <span className="text-sm text-soft">
                        {target.release_state === null ? '' : `${releaseStates[target.release_state] ?? target.release_state} · `}{' '}
                        <When at={target.updated_at} />
                      </span>
                    </div>
                    {target.reason ? <p className="mt-1 text-sm">{target.reason.detail ?? target.reason.code}</p> : null}
                  </li>
                ))}
              </ul>
              <MoreButton list={list} />
            </>
          );
        }}
      </Part>
    </div>
  );
}

export function HistoryTab({ id }: { readonly id: string }) {
  const { t } = useTexts();
  const d = t.rollouts.detail;
  const { data: me } = useMe();
  const happened: Readonly<Record<string, string>> = d.happened;
  const list = usePages('RolloutInsightController_events', { path: { rollout_id: id } });
  return (
    <Part query={list} permission="releases.read">
      {({ pages }) => {
        const items = pages.flatMap((page) => page.items);
        if (items.length === 0) return <Empty title={d.noHistory} />;
        return (
          <>
            <ol className="flex flex-col gap-2">
              {items.map((one) => (
                <li key={`${one.at} ${one.what} ${one.to_state}`} className="rounded-md border border-line bg-card p-3 text-sm">
                  <span className="font-medium">{happened[one.what] ?? one.what}</span>
                  <span className="text-soft">
                    {' · '}
                    <When at={one.at} /> · {d.by}{' '}
                    {one.actor === null ? d.itself : one.actor === me?.person_id ? d.you : one.actor}
                  </span>
                  <Detail detail={one.detail} />
                </li>
              ))}
            </ol>
            <MoreButton list={list} />
          </>
        );
      }}
    </Part>
  );
}

/** As texts, whatever was written there. */
function Detail({ detail }: { readonly detail: Readonly<Record<string, unknown>> | null }) {
  const entries = Object.entries(detail ?? {}).filter(([, value]) => value !== null && value !== undefined);
  if (entries.length === 0) return null;
  return (
    <ul className="mt-1 text-soft">
      {entries.map(([name, value]) => (
        <li key={name}>
          <span className="font-mono">{name}</span>: {typeof value === 'string' ? value : JSON.stringify(value)}
        </li>
      ))}
    </ul>
  );
}
