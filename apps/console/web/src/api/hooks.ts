import { keepPreviousData, useInfiniteQuery, useQuery } from '@tanstack/react-query';
import type { OperationId } from '../../../src/operations/operations.ts';
import { OPERATIONS } from '../../../src/operations/operations.ts';
import { ask, call, type Request } from './call.ts';
import type { Answers, Me } from './types.ts';

export const keyOf = (id: OperationId, request: Request) => [id, request.path ?? {}, request.query ?? {}] as const;

export const useMe = () =>
  useQuery({ queryKey: ['me'], queryFn: ({ signal }) => ask<Me>('GET', '/api/me', undefined, signal), staleTime: 60_000 });

/** Whether the person may; unknown until it is known. */
export function useMay(): (permission: string) => boolean {
  const { data } = useMe();
  return (permission) => data?.permissions.includes(permission) ?? false;
}

interface Options {
  readonly enabled?: boolean;
  readonly everyMs?: number;
}

/** An operation as a query. It is not asked by somebody who may not. */
export function useOperation<Id extends OperationId>(id: Id, request: Request, { enabled = true, everyMs }: Options = {}) {
  const may = useMay()(OPERATIONS[id].permission);
  return useQuery({
    queryKey: keyOf(id, request),
    queryFn: ({ signal }) => call(id, request, signal),
    enabled: enabled && may,
    ...(everyMs === undefined ? {} : { refetchInterval: everyMs }),
  });
}

interface Paged {
  readonly items: readonly unknown[];
  readonly next_cursor: string | null;
}
type PagedId = { [Id in OperationId]: Answers[Id] extends Paged ? Id : never }[OperationId];

/** A list with its further pages. */
export function usePages<Id extends PagedId>(id: Id, request: Request, { enabled = true, everyMs }: Options = {}) {
  const may = useMay()(OPERATIONS[id].permission);
  return useInfiniteQuery({
    queryKey: [...keyOf(id, request), 'pages'],
    queryFn: ({ signal, pageParam }) =>
      call(id, { ...request, query: { ...request.query, ...(pageParam ? { cursor: pageParam } : {}) } }, signal),
    initialPageParam: '',
    getNextPageParam: (page: Answers[Id]) => (page as Paged).next_cursor ?? undefined,
    placeholderData: keepPreviousData,
    enabled: enabled && may,
    ...(everyMs === undefined ? {} : { refetchInterval: everyMs }),
  });
}
