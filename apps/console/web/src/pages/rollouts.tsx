import { getRouteApi, Link } from '@tanstack/react-router';
import type { RolloutView } from '#openapi/release';
import { usePages } from '../api/hooks.ts';
import { useComponent } from '../app/component.ts';
import { ROLLOUT_STATES } from '../app/search.ts';
import { useTexts } from '../i18n/language.tsx';
import { Badge, type Tone } from '../ui/badge.tsx';
import { CommandLine, CopyAs } from '../ui/copy.tsx';
import { Select } from '../ui/fields.tsx';
import { MoreButton } from '../ui/more.tsx';
import { Page } from '../ui/page.tsx';
import { Empty, Part } from '../ui/panel.tsx';
import { ShareBar } from '../ui/share-bar.tsx';
import { When } from '../ui/time.tsx';

const route = getRouteApi('/shell/rollouts');
const EVERY_MS = 5_000;

const TONES: Readonly<Record<string, Tone>> = {
  running: 'info',
  waiting: 'info',
  paused: 'warn',
  completed: 'good',
  aborted: 'plain',
};

export function RolloutState({ state }: { readonly state: string }) {
  const { t } = useTexts();
  const names: Readonly<Record<string, string>> = t.rollouts.states;
  return <Badge tone={TONES[state] ?? 'plain'}>{names[state] ?? state}</Badge>;
}

export function RolloutsPage() {
  const { t } = useTexts();
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const { appid } = useComponent();
  const request = { path: { component_appid: appid ?? '' }, query: { state: search.state, limit: 50 } };
  const list = usePages('ComponentRolloutsController_search', request, { enabled: appid !== undefined, everyMs: EVERY_MS });
  return (
    <Page
      title={t.rollouts.title}
      actions={
        <CopyAs
          id="ComponentRolloutsController_search"
          request={request}
          cli={`wxplane rollout list${search.state ? ` --state ${search.state}` : ''}`}
        />
      }
    >
      <Select
        label={t.rollouts.state}
        value={search.state ?? ''}
        onChange={(state) =>
          void navigate({ search: (former) => ({ ...former, state: state || undefined }) as typeof search, replace: true })
        }
        options={[['', t.all], ...ROLLOUT_STATES.map((state) => [state, t.rollouts.states[state]] as const)]}
      />
      <Part query={list} permission="releases.read">
        {({ pages }) => {
          const items = pages.flatMap((page) => page.items);
          if (items.length === 0)
            return search.state ? (
              <Empty title={t.rollouts.emptyFiltered} />
            ) : (
              <Empty title={t.rollouts.empty}>
                <p>{t.rollouts.emptyHint}</p>
                <CommandLine command="wxplane rollout start --spec spring.json" />
              </Empty>
            );
          return (
            <>
              <ul className="flex flex-col gap-2">
                {items.map((rollout) => (
                  <li key={rollout.rollout_id}>
                    <Row rollout={rollout} />
                  </li>
                ))}
              </ul>
              <MoreButton list={list} />
            </>
          );
        }}
      </Part>
    </Page>
  );
}

function Row({ rollout }: { readonly rollout: RolloutView }) {
  const { t } = useTexts();
  const { counts } = rollout;
  const done = counts.succeeded + counts.failed + counts.skipped;
  return (
    <Link
      to="/rollouts/$id"
      params={{ id: String(rollout.rollout_id) }}
      data-row=""
      className="grid gap-x-4 gap-y-2 rounded-md border border-line bg-card p-3 hover:border-soft sm:grid-cols-[2fr_2fr_auto]"
    >
      <span className="min-w-0">
        <span className="block font-medium">{rollout.name}</span>
        <span className="text-sm text-soft">
          #{rollout.rollout_id} · {rollout.user_version} · <When at={rollout.created_at} />
        </span>
      </span>
      <span className="min-w-0 self-center">
        <ShareBar
          label={t.rollouts.progress}
          parts={[
            { tone: 'good', count: counts.succeeded, name: t.rollouts.detail.targetStates.succeeded },
            { tone: 'bad', count: counts.failed, name: t.rollouts.detail.targetStates.failed },
            { tone: 'plain', count: counts.skipped, name: t.rollouts.detail.targetStates.skipped },
            { tone: 'info', count: counts.running, name: t.rollouts.detail.targetStates.running },
            { tone: 'none', count: counts.pending, name: t.rollouts.detail.targetStates.pending },
          ]}
        />
        <span className="text-sm text-soft">
          {t.rollouts.ofTargets(done, counts.total)}
          {counts.failed > 0 ? ` · ${t.rollouts.failedCount(counts.failed)}` : ''}
        </span>
      </span>
      <span className="flex flex-wrap items-center gap-1 sm:justify-end">
        <RolloutState state={rollout.state} />
        {rollout.needs_attention ? <Badge tone="bad">{t.rollouts.attention}</Badge> : null}
      </span>
    </Link>
  );
}
