import { type ReactNode, useEffect } from 'react';
import { useTexts } from '../i18n/language.tsx';

/** A page: its title in the tab, as the heading, and to who hears the page. */
export function Page({
  title,
  actions,
  children,
  lead,
}: {
  readonly title: string;
  readonly lead?: ReactNode;
  readonly actions?: ReactNode;
  readonly children: ReactNode;
}) {
  const { t } = useTexts();
  useEffect(() => {
    document.title = t.breadcrumb(title);
  }, [title, t]);
  return (
    <>
      <div className="mb-4 flex flex-wrap items-start justify-between gap-3">
        <div>
          {/* Focused after a change of page: a screen reader says where somebody is. */}
          <h1 id="page-title" tabIndex={-1} className="text-xl font-bold outline-none sm:text-2xl">
            {title}
          </h1>
          {lead ? <div className="mt-1 text-sm text-soft">{lead}</div> : null}
        </div>
        {actions ? <div className="flex flex-wrap gap-2">{actions}</div> : null}
      </div>
      <div className="flex flex-col gap-4">{children}</div>
    </>
  );
}
