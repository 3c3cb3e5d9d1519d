import type { UseQueryResult } from '@tanstack/react-query';
import { type ReactNode, useId } from 'react';
import { ApiError } from '../api/call.ts';
import { useMay } from '../api/hooks.ts';
import { inLanguage, useTexts } from '../i18n/language.tsx';
import { Button } from './button.tsx';
import { CopyButton } from './copy.tsx';

export function Panel({
  title,
  children,
  action,
}: {
  readonly title: string;
  readonly children: ReactNode;
  readonly action?: ReactNode;
}) {
  const id = useId();
  return (
    <section aria-labelledby={id} className="rounded-lg border border-line bg-card p-4">
      <div className="mb-3 flex flex-wrap items-center justify-between gap-2">
        <h2 id={id} className="text-base font-semibold">
          {title}
        </h2>
        {action}
      </div>
      {children}
    </section>
  );
}

export function Loading() {
  const { t } = useTexts();
  return (
    <p role="status" className="py-6 text-center text-soft">
      {t.loading}
    </p>
  );
}

export function Empty({ title, children }: { readonly title: string; readonly children?: ReactNode }) {
  return (
    <div className="py-8 text-center">
      <p className="font-medium">{title}</p>
      {children ? <div className="mt-2 flex flex-col items-center gap-2 text-sm text-soft">{children}</div> : null}
    </div>
  );
}

/** What went wrong with one part, in words, with what support asks for. The rest of the page is not touched. */
export function Failure({ error, retry }: { readonly error: unknown; readonly retry?: () => void }) {
  const { t, language } = useTexts();
  const known = error instanceof ApiError ? error : undefined;
  const remedy = inLanguage(known?.problem?.remedy, language);
  const detail = known?.status === 0 ? t.error.offline : (known?.problem?.detail ?? known?.problem?.title ?? String(error));
  return (
    <div role="alert" className="rounded-md bg-bad-bg p-3 text-sm text-bad">
      <p className="font-semibold">{t.error.title}</p>
      <p className="mt-1">{detail}</p>
      {remedy ? <p className="mt-1">{remedy}</p> : null}
      {known?.requestId ? (
        <p className="mt-1">
          {t.error.requestId}: <code className="font-mono">{known.requestId}</code>
        </p>
      ) : null}
      <div className="mt-2 flex flex-wrap gap-2">
        {retry ? <Button onClick={retry}>{t.retry}</Button> : null}
        <CopyButton
          label={t.copySupport}
          text={JSON.stringify({ at: location.pathname, status: known?.status, ...known?.problem })}
        />
      </div>
    </div>
  );
}

export function Denied({ permission }: { readonly permission: string }) {
  const { t } = useTexts();
  return (
    <Empty title={t.deniedPage}>
      <p>{t.deniedHint(permission)}</p>
    </Empty>
  );
}

/** A part of a page with a state of its own: not allowed, loading, failed, there. */
export function Part<T>({
  query,
  permission,
  children,
}: {
  readonly query: Pick<UseQueryResult<T>, 'data' | 'error' | 'isPending' | 'refetch'>;
  readonly permission: string;
  readonly children: (data: T) => ReactNode;
}) {
  const may = useMay();
  if (!may(permission)) return <Denied permission={permission} />;
  if (query.data !== undefined) {
    return (
      <>
        {query.error ? <Failure error={query.error} retry={() => void query.refetch()} /> : null}
        {children(query.data)}
      </>
    );
  }
  if (query.error) return <Failure error={query.error} retry={() => void query.refetch()} />;
  return <Loading />;
}
