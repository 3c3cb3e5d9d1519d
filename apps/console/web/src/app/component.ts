import { getRouteApi } from '@tanstack/react-router';
import { useOperation } from '../api/hooks.ts';

const root = getRouteApi('__root__');

/** Which third-party platform is looked at: the address says so where there are several; otherwise it is the only one. */
export function useComponent() {
  const { c } = root.useSearch();
  const query = useOperation('ComponentsController_list', {}, { everyMs: 30_000 });
  const all = query.data?.items ?? [];
  const chosen = all.find(({ component_appid }) => component_appid === c) ?? all[0];
  return { query, all, chosen, appid: chosen?.component_appid };
}
