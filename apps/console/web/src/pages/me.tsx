import { useQuery, useQueryClient } from '@tanstack/react-query';
import { ask } from '../api/call.ts';
import { useMe } from '../api/hooks.ts';
import type { SessionItem } from '../api/types.ts';
import { useTexts } from '../i18n/language.tsx';
import { Badge } from '../ui/badge.tsx';
import { Button } from '../ui/button.tsx';
import { Facts } from '../ui/facts.tsx';
import { Page } from '../ui/page.tsx';
import { Failure, Loading, Panel } from '../ui/panel.tsx';
import { When } from '../ui/time.tsx';

export function MePage() {
  const { t } = useTexts();
  const { data: me } = useMe();
  const signOut = async () => {
    await ask('POST', '/api/sign-out');
    location.assign('/sign-in');
  };
  if (!me) return <Loading />;
  return (
    <Page
      title={t.me.title}
      actions={
        <Button kind="danger" onClick={() => void signOut()}>
          {t.me.signOut}
        </Button>
      }
    >
      <Panel title={t.me.who}>
        <Facts
          rows={[
            [t.me.who, me.name],
            [
              t.me.subject,
              <code key="subject" className="font-mono">
                {me.subject}
              </code>,
            ],
            [t.me.groups, me.groups.join(', ') || t.none],
            [t.me.ends, <When key="ends" at={me.session_ends_at} exact />],
            [t.me.permissions, me.permissions.join(', ')],
          ]}
        />
      </Panel>
      <Sessions />
    </Page>
  );
}

function Sessions() {
  const { t } = useTexts();
  const client = useQueryClient();
  const list = useQuery({
    queryKey: ['sessions'],
    queryFn: ({ signal }) => ask<{ readonly items: readonly SessionItem[] }>('GET', '/api/sessions', undefined, signal),
  });
  const after = (work: Promise<unknown>) => void work.finally(() => client.invalidateQueries({ queryKey: ['sessions'] }));
  const items = list.data?.items ?? [];
  return (
    <Panel
      title={t.me.sessions}
      action={
        items.length > 1 ? <Button onClick={() => after(ask('POST', '/api/sessions/end-others'))}>{t.me.endOthers}</Button> : null
      }
    >
      {list.error ? <Failure error={list.error} retry={() => void list.refetch()} /> : null}
      {list.isPending ? <Loading /> : null}
      <ul className="flex flex-col gap-2">
        {items.map((session) => (
          <li
            key={session.session_id}
            className="flex flex-wrap items-center gap-x-3 gap-y-1 rounded-md border border-line p-3 text-sm"
          >
            {session.current ? <Badge tone="good">{t.me.current}</Badge> : null}
            <span>
              {t.me.started} <When at={session.created_at} /> · {t.me.seen} <When at={session.last_seen_at} /> · {t.me.from}{' '}
              <span className="font-mono">{session.ip}</span>
            </span>
            <span className="basis-full text-soft">{session.agent}</span>
            {session.current ? null : (
              <Button onClick={() => after(ask('DELETE', `/api/sessions/${session.session_id}`))}>
                {t.me.end}
                <span className="sr-only"> {session.session_id}</span>
              </Button>
            )}
          </li>
        ))}
      </ul>
    </Panel>
  );
}
