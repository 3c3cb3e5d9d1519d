import { useTexts } from '../i18n/language.tsx';
import { Button } from './button.tsx';

interface Pages {
  readonly hasNextPage: boolean;
  readonly isFetchingNextPage: boolean;
  readonly fetchNextPage: () => unknown;
}

/** Below a list of which there is more. */
export function MoreButton({ list }: { readonly list: Pages }) {
  const { t } = useTexts();
  return list.hasNextPage ? (
    <div className="mt-3">
      <Button disabled={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>
        {t.more}
      </Button>
    </div>
  ) : null;
}
