import { getRouteApi, Link } from '@tanstack/react-router';
import { useWindowVirtualizer } from '@tanstack/react-virtual';
import { useEffect, useId, useRef, useState } from 'react';
import type { AuthorizerView } from '#openapi/broker';
import { usePages } from '../api/hooks.ts';
import { useComponent } from '../app/component.ts';
import { MERCHANT_KINDS, MERCHANT_STATES } from '../app/search.ts';
import { useTexts } from '../i18n/language.tsx';
import { Badge } from '../ui/badge.tsx';
import { Button } from '../ui/button.tsx';
import { CopyAs } from '../ui/copy.tsx';
import { Select } from '../ui/fields.tsx';
import { Page } from '../ui/page.tsx';
import { Empty, Failure, Loading, Part } from '../ui/panel.tsx';
import { When } from '../ui/time.tsx';
import { MERCHANT_TONES } from './merchant-tones.ts';

const route = getRouteApi('/shell/merchants');
const PAGE = 200;
const TYPED_MS = 250;

export function MerchantsPage() {
  const { t } = useTexts();
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const { appid } = useComponent();
  const request = {
    path: { component_appid: appid ?? '' },
    query: { q: search.q, state: search.state, kind: search.kind, limit: PAGE },
  };
  const list = usePages('AuthorizersController_list', request, { enabled: appid !== undefined });
  const set = (change: Partial<typeof search>) =>
    void navigate({ search: (former) => ({ ...former, ...change }) as typeof search, replace: true });
  const filtered = search.q !== undefined || search.state !== undefined || search.kind !== undefined;
  const flags = [
    search.q ? ` --search '${search.q.replaceAll("'", '')}'` : '',
    search.state ? ` --state ${search.state}` : '',
  ].join('');
  return (
    <Page
      title={t.merchants.title}
      actions={<CopyAs id="AuthorizersController_list" request={request} cli={`wxplane authorizers list${flags}`} />}
    >
      <div className="flex flex-wrap items-end gap-3">
        <SearchField value={search.q ?? ''} onChange={(q) => set({ q: q || undefined } as never)} />
        <Select
          label={t.merchants.state}
          value={search.state ?? ''}
          onChange={(state) => set({ state: state || undefined } as never)}
          options={[['', t.all], ...MERCHANT_STATES.map((state) => [state, t.merchants.states[state]] as const)]}
        />
        <Select
          label={t.merchants.kind}
          value={search.kind ?? ''}
          onChange={(kind) => set({ kind: kind || undefined } as never)}
          options={[['', t.all], ...MERCHANT_KINDS.map((kind) => [kind, t.merchants.kinds[kind]] as const)]}
        />
        {filtered ? (
          <Button onClick={() => set({ q: undefined, state: undefined, kind: undefined } as never)}>{t.merchants.clear}</Button>
        ) : null}
      </div>
      <Part query={list} permission="authorizers.read">
        {({ pages }) => {
          const items = pages.flatMap((page) => page.items);
          if (items.length === 0)
            return (
              <Empty title={t.merchants.empty}>
                <p>{t.merchants.emptyHint}</p>
              </Empty>
            );
          return (
            <Rows
              items={items}
              hasMore={list.hasNextPage}
              isLoading={list.isFetchingNextPage}
              error={list.isFetchNextPageError ? list.error : undefined}
              more={() => void list.fetchNextPage()}
            />
          );
        }}
      </Part>
    </Page>
  );
}

/** Typed at once, asked a moment later. */
function SearchField({ value, onChange }: { readonly value: string; readonly onChange: (value: string) => void }) {
  const { t } = useTexts();
  const id = useId();
  const [typed, setTyped] = useState(value);
  const latest = useRef(onChange);
  latest.current = onChange;
  useEffect(() => setTyped(value), [value]);
  useEffect(() => {
    if (typed.trim() === value) return;
    const timer = setTimeout(() => latest.current(typed.trim()), TYPED_MS);
    return () => clearTimeout(timer);
  }, [typed, value]);
  return (
    <div className="flex min-w-56 flex-1 flex-col gap-1">
      <label htmlFor={id} className="text-sm font-medium">
        {t.merchants.search}
      </label>
      <input
        id={id}
        type="search"
        maxLength={64}
        value={typed}
        onChange={(event) => setTyped(event.target.value)}
        className="min-h-11 rounded-md border border-soft bg-card px-3 text-sm sm:min-h-9"
      />
    </div>
  );
}

interface RowsProps {
  readonly items: readonly AuthorizerView[];
  readonly hasMore: boolean;
  readonly isLoading: boolean;
  readonly error: unknown;
  readonly more: () => void;
}

/** Only the rows that are seen are in the page, however many there are; the next ones are read as somebody comes near the end. */
function Rows({ items, hasMore, isLoading, error, more }: RowsProps) {
  const { t } = useTexts();
  const list = useRef<HTMLUListElement>(null);
  const virtual = useWindowVirtualizer({
    count: items.length,
    estimateSize: () => 76,
    overscan: 10,
    scrollMargin: list.current?.offsetTop ?? 0,
    getItemKey: (index) => items[index]!.authorizer_appid,
  });
  const rows = virtual.getVirtualItems();
  const last = rows.at(-1)?.index ?? 0;
  useEffect(() => {
    if (hasMore && !isLoading && error === undefined && last >= items.length - 20) more();
  }, [hasMore, isLoading, error, last, items.length, more]);
  return (
    <>
      <p role="status" className="text-sm text-soft">
        {hasMore ? t.merchants.count(items.length) : t.merchants.countAll(items.length)}
      </p>
      <ul ref={list} className="relative" style={{ height: virtual.getTotalSize() }}>
        {rows.map((row) => (
          <li
            key={row.key}
            ref={virtual.measureElement}
            data-index={row.index}
            aria-setsize={hasMore ? -1 : items.length}
            aria-posinset={row.index + 1}
            className="absolute inset-x-0 top-0 pb-2"
            style={{ transform: `translateY(${row.start - virtual.options.scrollMargin}px)` }}
          >
            <Row merchant={items[row.index]!} />
          </li>
        ))}
      </ul>
      {isLoading ? <Loading /> : null}
      {error === undefined ? null : <Failure error={error} retry={more} />}
    </>
  );
}

function Row({ merchant }: { readonly merchant: AuthorizerView }) {
  const { t } = useTexts();
  const { authorizer_appid: appid, nick_name: name, principal_name: principal, kind, state, granted_at: granted } = merchant;
  return (
    <Link
      to="/merchants/$appid"
      params={{ appid }}
      data-row=""
      className="grid gap-x-4 gap-y-1 rounded-md border border-line bg-card p-3 hover:border-soft sm:grid-cols-[2fr_2fr_1fr]"
    >
      <span className="min-w-0">
        <span className="block font-medium">{name ?? t.merchants.noName}</span>
        <code className="font-mono text-sm text-soft">{appid}</code>
      </span>
      <span className="min-w-0 text-sm">
        <span className="block">{principal ?? ''}</span>
        <span className="text-soft">
          {kind ? t.merchants.kinds[kind] : t.unknown}
          {granted ? (
            <>
              {' · '}
              <When at={granted} />
            </>
          ) : null}
        </span>
      </span>
      <span className="sm:text-right">
        <Badge tone={MERCHANT_TONES[state]}>{t.merchants.states[state]}</Badge>
      </span>
    </Link>
  );
}
