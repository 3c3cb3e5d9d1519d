import type { AuthorizerPage, AuthorizerView, ComponentPage } from '#openapi/broker';
import type { DeliveryPage } from '#openapi/ingestion';
import type {
  ApprovalPage,
  ApprovalView,
  AuditQuotaView,
  FleetPage,
  FleetSummary,
  ReleasePage,
  RolloutFailures,
  RolloutHistoryPage,
  RolloutPage,
  RolloutSummary,
  RolloutTargetPage,
  RolloutView,
} from '#openapi/release';
import type { OperationId } from '../../../src/operations/operations.ts';

/** What each operation answers. One that is missing here is a mistake that the compiler finds. */
export interface Answers {
  ComponentsController_list: ComponentPage;
  AuthorizersController_list: AuthorizerPage;
  AuthorizersController_get: AuthorizerView;
  FleetController_search: FleetPage;
  FleetController_summary: FleetSummary;
  ComponentReleasesController_auditQuota: AuditQuotaView;
  ComponentReleasesController_search: ReleasePage;
  ComponentRolloutsController_search: RolloutPage;
  RolloutController_get: RolloutView;
  RolloutController_events: never;
  RolloutController_targets: RolloutTargetPage;
  RolloutInsightController_failures: RolloutFailures;
  RolloutInsightController_events: RolloutHistoryPage;
  RolloutInsightController_summary: RolloutSummary;
  RolloutController_pause: RolloutView;
  RolloutController_resume: RolloutView;
  RolloutController_abort: RolloutView;
  ApprovalsController_list: ApprovalPage;
  ApprovalsController_one: ApprovalView;
  ApprovalsController_decide: ApprovalView;
  DeliveriesController_search: DeliveryPage;
}

type Missing = Exclude<OperationId, keyof Answers>;
export const NONE_MISSING: Missing extends never ? true : never = true;

export interface Me {
  readonly name: string;
  readonly subject: string;
  readonly person_id: string;
  readonly local: boolean;
  readonly groups: readonly string[];
  readonly permissions: readonly string[];
  readonly session_id: string;
  readonly session_ends_at: string;
  readonly fresh_until: string | null;
}

export interface SessionItem {
  readonly session_id: string;
  readonly current: boolean;
  readonly created_at: string;
  readonly last_seen_at: string;
  readonly expires_at: string;
  readonly ip: string;
  readonly agent: string;
}
