import { useOperation } from '../api/hooks.ts';
import { useComponent } from '../app/component.ts';
import type { Texts } from '../i18n/zh.ts';
import { duration } from '../ui/time.tsx';

const EVERY_MS = 10_000;
/** WeChat pushes a ticket every ten minutes; older than this one was missed, and older than the second it becomes urgent. */
const TICKET_WARNS_S = 3_600;
const TICKET_URGENT_S = 11 * 3_600;
const FEW_REVIEWS = 20;

/** One thing that needs a person. */
export interface Need {
  readonly id: string;
  readonly tone: 'bad' | 'warn';
  readonly title: string;
  readonly since?: string | null;
  /** As far as it is known. */
  readonly cause?: string | null | undefined;
  readonly byItself: string;
  readonly toDo: string;
  readonly to?: { readonly to: string; readonly params?: Record<string, string>; readonly search?: Record<string, string> };
  readonly command: string;
  /** A heading of docs/runbook.md. */
  readonly runbook?: string;
}

/** Everything that the overview is made of; each part fails by itself. */
export function useSigns() {
  const { chosen, appid } = useComponent();
  const path = { component_appid: appid ?? '' };
  const options = { enabled: appid !== undefined, everyMs: EVERY_MS };
  const parts = {
    running: useOperation('ComponentRolloutsController_search', { path, query: { state: 'running', limit: 100 } }, options),
    waiting: useOperation('ComponentRolloutsController_search', { path, query: { state: 'waiting', limit: 100 } }, options),
    paused: useOperation('ComponentRolloutsController_search', { path, query: { state: 'paused', limit: 100 } }, options),
    rejected: useOperation('ComponentReleasesController_search', { path, query: { state: 'rejected', limit: 50 } }, options),
    approvals: useOperation('ApprovalsController_list', { path, query: { state: 'open', limit: 50 } }, options),
    deliveries: useOperation('DeliveriesController_search', { query: { state: 'failed', limit: 50 } }, options),
    // Asks WeChat, which counts.
    quota: useOperation('ComponentReleasesController_auditQuota', { path }, { enabled: appid !== undefined, everyMs: 300_000 }),
  };
  const lists = [parts.running.data, parts.waiting.data, parts.paused.data];
  const underWay = lists.every((list) => list === undefined)
    ? undefined
    : lists.reduce((sum, list) => sum + (list?.items.length ?? 0), 0);
  return { component: chosen, parts, underWay };
}

const counted = (page: { readonly items: readonly unknown[]; readonly next_cursor: string | null }, t: Texts): string =>
  page.next_cursor ? t.overview.atLeast(page.items.length) : String(page.items.length);

/** By severity, then by age. */
export function needsOf({ component, parts }: ReturnType<typeof useSigns>, t: Texts): Need[] {
  const p = t.overview.problems;
  const needs: Need[] = [];
  if (component) {
    const { ticket_age: age, token, authorizers } = component;
    if (age === null || age > TICKET_WARNS_S)
      needs.push({
        id: 'ticket',
        tone: age === null || age > TICKET_URGENT_S ? 'bad' : 'warn',
        title: age === null ? p.ticketNever : p.ticketOld(duration(age, t)),
        byItself: p.ticketItself,
        toDo: p.ticketDo,
        command: 'wxplane doctor',
        runbook: 'WxplaneTicketOverdue',
      });
    if (token.failures > 0)
      needs.push({
        id: 'token',
        tone: token.expires_in === null || token.expires_in < 600 ? 'bad' : 'warn',
        title: p.tokenFailing(token.failures),
        cause: token.problem,
        byItself: p.tokenItself,
        toDo: p.tokenDo,
        command: 'wxplane doctor',
        runbook: 'WxplaneComponentCredentials',
      });
    const lost = Number((authorizers as Readonly<Record<string, unknown>>)['needs_reauthorization'] ?? 0);
    if (lost > 0)
      needs.push({
        id: 'merchants',
        tone: 'warn',
        title: p.merchants(lost),
        byItself: p.merchantsItself,
        toDo: p.merchantsDo,
        to: { to: '/merchants', search: { state: 'needs_reauthorization' } },
        command: 'wxplane authorizers list --state needs_reauthorization',
        runbook: 'WxplaneMerchantsLost',
      });
  }
  const rollouts = [parts.paused.data, parts.waiting.data, parts.running.data].flatMap((page) => page?.items ?? []);
  for (const rollout of rollouts.filter(({ needs_attention }) => needs_attention))
    needs.push({
      id: `rollout-${rollout.rollout_id}`,
      tone: rollout.state === 'paused' ? 'bad' : 'warn',
      title: p.rollout(rollout.name),
      since: rollout.reason?.since ?? rollout.updated_at,
      cause: rollout.reason?.detail ?? rollout.reason?.code,
      byItself: p.rolloutItself,
      toDo: p.rolloutDo,
      to: { to: '/rollouts/$id', params: { id: String(rollout.rollout_id) } },
      command: `wxplane rollout failures ${rollout.rollout_id}`,
      runbook: 'WxplaneReleasesStuck',
    });
  const { rejected, approvals, deliveries, quota } = parts;
  if (rejected.data && rejected.data.items.length > 0)
    needs.push({
      id: 'rejected',
      tone: 'warn',
      title: p.rejected(counted(rejected.data, t)),
      since: rejected.data.items.at(-1)?.updated_at ?? null,
      byItself: p.rejectedItself,
      toDo: p.rejectedDo,
      command: 'wxplane releases list --state rejected',
    });
  if (approvals.data && approvals.data.items.length > 0)
    needs.push({
      id: 'approvals',
      tone: 'warn',
      title: p.approvals(counted(approvals.data, t)),
      since: approvals.data.items.at(-1)?.created_at ?? null,
      byItself: p.approvalsItself,
      toDo: p.approvalsDo,
      to: { to: '/approvals' },
      command: 'wxplane approvals list --state open',
    });
  if (deliveries.data && deliveries.data.items.length > 0)
    needs.push({
      id: 'deliveries',
      tone: 'warn',
      title: p.deliveries(counted(deliveries.data, t)),
      byItself: p.deliveriesItself,
      toDo: p.deliveriesDo,
      command: 'wxplane status',
      runbook: 'WxplaneDeliveriesFailing',
    });
  if (quota.data && quota.data.rest < FEW_REVIEWS && quota.data.limit > 0)
    needs.push({
      id: 'quota',
      tone: quota.data.rest === 0 ? 'bad' : 'warn',
      title: quota.data.rest === 0 ? p.quota : p.quotaLow(quota.data.rest),
      byItself: p.quotaItself,
      toDo: p.quotaDo,
      command: 'wxplane releases quota',
      runbook: 'WxplaneAuditQuotaLow',
    });
  const age = ({ since }: Need) => (since ? Date.parse(since) : Number.NEGATIVE_INFINITY);
  return needs.sort((a, b) => (a.tone === b.tone ? age(a) - age(b) : a.tone === 'bad' ? -1 : 1));
}
