import { useQueryClient } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { useState } from 'react';
import type { ApprovalView } from '#openapi/release';
import { call } from '../api/call.ts';
import { useMay, useMe, usePages } from '../api/hooks.ts';
import { useComponent } from '../app/component.ts';
import { APPROVAL_STATES } from '../app/search.ts';
import { useTexts } from '../i18n/language.tsx';
import { Badge, type Tone } from '../ui/badge.tsx';
import { Button } from '../ui/button.tsx';
import { CopyAs, CopyButton } from '../ui/copy.tsx';
import { Confirm } from '../ui/dialog.tsx';
import { Facts } from '../ui/facts.tsx';
import { Select } from '../ui/fields.tsx';
import { MoreButton } from '../ui/more.tsx';
import { Page } from '../ui/page.tsx';
import { Empty, Part } from '../ui/panel.tsx';
import { When } from '../ui/time.tsx';

const route = getRouteApi('/shell/approvals');
const EVERY_MS = 10_000;
const TONES: Readonly<Record<string, Tone>> = { open: 'warn', executing: 'info', done: 'good', failed: 'bad', refused: 'bad' };

export function ApprovalsPage() {
  const { t } = useTexts();
  const { state = 'open' } = route.useSearch();
  const navigate = route.useNavigate();
  const { appid } = useComponent();
  const request = { path: { component_appid: appid ?? '' }, query: { state, limit: 50 } };
  const list = usePages('ApprovalsController_list', request, { enabled: appid !== undefined, everyMs: EVERY_MS });
  return (
    <Page
      title={t.approvals.title}
      actions={<CopyAs id="ApprovalsController_list" request={request} cli={`wxplane approvals list --state ${state}`} />}
    >
      <Select
        label={t.approvals.state}
        value={state}
        onChange={(next) => void navigate({ search: (former) => ({ ...former, state: next }) as never, replace: true })}
        options={APPROVAL_STATES.map((one) => [one, t.approvals.states[one]] as const)}
      />
      <Part query={list} permission="releases.read">
        {({ pages }) => {
          const items = pages.flatMap((page) => page.items);
          if (items.length === 0) return <Empty title={state === 'open' ? t.approvals.empty : t.approvals.emptyFiltered} />;
          return (
            <>
              <ul className="flex flex-col gap-3">
                {items.map((approval) => (
                  <li key={approval.approval_id}>
                    <Approval approval={approval} />
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

type Decision = 'approve' | 'refuse' | 'withdraw';

/** Who may agree to it, by what it is about. */
const permissionOf = (id: string): string =>
  id.startsWith('r') ? 'releases.approve' : id.startsWith('o') ? 'rollouts.approve' : 'changes.approve';

function Approval({ approval }: { readonly approval: ApprovalView }) {
  const { t } = useTexts();
  const { data: me } = useMe();
  const a = t.approvals;
  const effects: Readonly<Record<string, string>> = a.effects;
  const states: Readonly<Record<string, string>> = a.states;
  const { approval_id: id, makers, approvals, digest } = approval;
  const who = (name: string) => (name === me?.person_id ? a.you : name);
  const have = approvals.filter(({ of_this }) => of_this).length;
  return (
    <article className="rounded-lg border border-line bg-card p-4">
      <div className="flex flex-wrap items-center gap-2">
        <Badge tone={TONES[approval.state] ?? 'plain'}>{states[approval.state] ?? approval.state}</Badge>
        <h2 className="font-semibold">
          {id.startsWith('o') ? a.effects.rollout : (effects[approval.effect] ?? approval.effect)}
        </h2>
        <code className="font-mono text-sm text-soft">{id}</code>
        <span className="text-sm text-soft">{a.needed(have, approval.approvals_needed)}</span>
      </div>
      <div className="mt-3">
        <Facts
          rows={[
            [
              a.forMerchant,
              approval.authorizer_appid ? (
                <Link
                  key="merchant"
                  to="/merchants/$appid"
                  params={{ appid: approval.authorizer_appid }}
                  className="font-mono text-accent underline"
                >
                  {approval.authorizer_appid}
                </Link>
              ) : undefined,
            ],
            [a.makers, makers.map(who).join(', ')],
            [a.asked, <When key="asked" at={approval.created_at} />],
            [a.expires, approval.expires_at ? <When key="expires" at={approval.expires_at} exact /> : undefined],
            [
              a.agreed,
              approvals.length === 0
                ? undefined
                : approvals
                    .map(({ by, note, of_this }) =>
                      [who(by), note, of_this ? undefined : `(${a.forOlder})`].filter(Boolean).join(' '),
                    )
                    .join(' · '),
            ],
          ]}
        />
      </div>
      <details className="mt-3">
        <summary className="min-h-11 cursor-pointer py-2 text-sm font-medium">{a.what}</summary>
        {/* As long as it is: a box of its own that scrolls would need the keyboard to find it. */}
        <pre className="whitespace-pre-wrap rounded border border-line bg-page p-3 font-mono text-xs">
          {JSON.stringify(approval.what, null, 2)}
        </pre>
      </details>
      <div className="mt-2">
        <p className="text-sm font-medium">{a.digest}</p>
        <div className="flex flex-wrap items-center gap-2">
          <code className="font-mono text-sm">
            <strong>{digest.slice(0, 8)}</strong>
            {digest.slice(8)}
          </code>
          <CopyButton text={digest} />
        </div>
        <p className="mt-1 text-sm text-soft">{a.digestHint}</p>
      </div>
      {approval.state === 'open' ? <Decide approval={approval} /> : null}
    </article>
  );
}

/** To exactly what is shown here: the digest goes along, and is refused when the content has changed meanwhile. */
function Decide({ approval }: { readonly approval: ApprovalView }) {
  const { t } = useTexts();
  const { data: me } = useMe();
  const may = useMay();
  const client = useQueryClient();
  const [asked, setAsked] = useState<Decision>();
  const [done, setDone] = useState(false);
  const a = t.approvals;
  const { approval_id: id, digest, makers, approvals } = approval;
  const isMaker = me !== undefined && makers.includes(me.person_id);
  const hasAgreed = me !== undefined && approvals.some(({ by, of_this }) => by === me.person_id && of_this);
  const permission = permissionOf(id);
  const lacks = may(permission) ? undefined : t.denied(permission);
  const texts: Readonly<Record<Decision, readonly [title: string, text: string]>> = {
    approve: [a.approveTitle, a.approveText],
    refuse: [a.refuseTitle, a.refuseText],
    withdraw: [a.withdrawTitle, a.withdrawText],
  };
  const request = (decision: Decision, note = '') => ({
    path: { approval_id: id },
    body: { decision, ...(decision === 'withdraw' ? {} : { digest }), ...(note === '' ? {} : { note }) },
  });
  return (
    <div className="mt-3 flex flex-wrap items-center gap-2 border-t border-line pt-3">
      <Button
        kind="main"
        denied={lacks ?? (isMaker ? a.ownHint : hasAgreed ? a.alreadyHint : undefined)}
        onClick={() => setAsked('approve')}
      >
        {a.approve}
      </Button>
      <Button kind="danger" denied={lacks} onClick={() => setAsked('refuse')}>
        {a.refuse}
      </Button>
      {hasAgreed ? <Button onClick={() => setAsked('withdraw')}>{a.withdraw}</Button> : null}
      <CopyAs id="ApprovalsController_decide" request={request('approve')} cli={`wxplane approvals approve ${id}`} />
      {isMaker ? <p className="basis-full text-sm text-soft">{a.ownHint}</p> : null}
      <span role="status" className="text-sm font-medium text-good">
        {done ? a.done : ''}
      </span>
      {asked ? (
        <Confirm
          open
          onClose={() => setAsked(undefined)}
          title={texts[asked][0]}
          text={`${texts[asked][1]} ${a.digest}: ${digest.slice(0, 8)}`}
          noteLabel={a.note}
          failed={a.failed}
          kind={asked === 'refuse' ? 'danger' : 'main'}
          yes={a[asked]}
          act={async (note) => {
            try {
              await call('ApprovalsController_decide', request(asked, note));
              setDone(true);
            } finally {
              await client.invalidateQueries();
            }
          }}
        />
      ) : null}
    </div>
  );
}
