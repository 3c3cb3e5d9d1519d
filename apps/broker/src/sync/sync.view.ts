import type { SyncEntity } from '#persistence';
import type { SyncProfiles, SyncView } from './sync.dto.js';

export function toSyncView(row: SyncEntity): SyncView {
  return {
    sync_id: row.syncId,
    component_appid: row.componentAppid,
    state: row.state,
    created_at: row.createdAt.toISOString(),
    started_at: row.startedAt?.toISOString() ?? null,
    finished_at: row.finishedAt?.toISOString() ?? null,
    total: row.total,
    seen: row.seen,
    added: row.added,
    recovered: row.recovered,
    missing: row.missing,
    profiles: profilesOf(row, new Date()),
    problem: row.problem,
  };
}

/** How far they are read, as its row knows it. */
function profilesOf(row: SyncEntity, now: Date): SyncProfiles | null {
  const { listedAt, profilesTotal: total, profilesRead: read, profilesFailed: failed } = row;
  if (listedAt === null || total === null) return null;
  const minutes = ((row.finishedAt ?? row.heartbeatAt ?? now).getTime() - listedAt.getTime()) / 60_000;
  const per_minute = minutes > 0 ? Math.round((read + failed) / minutes) : 0;
  const left = Math.max(0, total - read - failed);
  const seconds_left = row.finishedAt ? 0 : per_minute > 0 ? Math.ceil((left * 60) / per_minute) : null;
  return { total, read, failed, per_minute, seconds_left };
}
