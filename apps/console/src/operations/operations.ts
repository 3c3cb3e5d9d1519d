/**
 * What the console forwards, and nothing beside it: operations of the apps' OpenAPI documents, by their ids. Pages and server share this
 * list; `operations.spec.ts` compares it with openapi/*.json.
 */
export const OPERATIONS = {
  ComponentsController_list: { app: 'broker', method: 'GET', path: '/v1/components', permission: 'components.read' },
  AuthorizersController_list: {
    app: 'broker',
    method: 'GET',
    path: '/v1/components/{component_appid}/authorizers',
    permission: 'authorizers.read',
  },
  AuthorizersController_get: {
    app: 'broker',
    method: 'GET',
    path: '/v1/components/{component_appid}/authorizers/{authorizer_appid}',
    permission: 'authorizers.read',
  },
  FleetController_search: {
    app: 'release',
    method: 'GET',
    path: '/v1/components/{component_appid}/mini-programs',
    permission: 'mini-programs.read',
  },
  FleetController_summary: {
    app: 'release',
    method: 'GET',
    path: '/v1/components/{component_appid}/mini-programs/summary',
    permission: 'mini-programs.read',
  },
  ComponentReleasesController_auditQuota: {
    app: 'release',
    method: 'GET',
    path: '/v1/components/{component_appid}/audit-quota',
    permission: 'releases.read',
  },
  ComponentReleasesController_search: {
    app: 'release',
    method: 'GET',
    path: '/v1/components/{component_appid}/releases',
    permission: 'releases.read',
  },
  ComponentRolloutsController_search: {
    app: 'release',
    method: 'GET',
    path: '/v1/components/{component_appid}/rollouts',
    permission: 'releases.read',
  },
  RolloutController_get: { app: 'release', method: 'GET', path: '/v1/rollouts/{rollout_id}', permission: 'releases.read' },
  RolloutController_events: {
    app: 'release',
    method: 'GET',
    path: '/v1/rollouts/{rollout_id}/events',
    permission: 'releases.read',
  },
  RolloutController_targets: {
    app: 'release',
    method: 'GET',
    path: '/v1/rollouts/{rollout_id}/targets',
    permission: 'releases.read',
  },
  RolloutInsightController_failures: {
    app: 'release',
    method: 'GET',
    path: '/v1/rollouts/{rollout_id}/failures',
    permission: 'releases.read',
  },
  RolloutInsightController_events: {
    app: 'release',
    method: 'GET',
    path: '/v1/rollouts/{rollout_id}/history',
    permission: 'releases.read',
  },
  RolloutInsightController_summary: {
    app: 'release',
    method: 'GET',
    path: '/v1/rollouts/{rollout_id}/summary',
    permission: 'releases.read',
  },
  RolloutController_pause: {
    app: 'release',
    method: 'POST',
    path: '/v1/rollouts/{rollout_id}/pause',
    permission: 'rollouts.stop',
  },
  RolloutController_resume: {
    app: 'release',
    method: 'POST',
    path: '/v1/rollouts/{rollout_id}/resume',
    permission: 'rollouts.resume',
  },
  RolloutController_abort: {
    app: 'release',
    method: 'POST',
    path: '/v1/rollouts/{rollout_id}/abort',
    permission: 'rollouts.stop',
    stepUp: true,
  },
  ApprovalsController_list: {
    app: 'release',
    method: 'GET',
    path: '/v1/components/{component_appid}/approvals',
    permission: 'releases.read',
  },
  ApprovalsController_one: { app: 'release', method: 'GET', path: '/v1/approvals/{approval_id}', permission: 'releases.read' },
  ApprovalsController_decide: {
    app: 'release',
    method: 'POST',
    path: '/v1/approvals/{approval_id}',
    permission: 'releases.read',
    stepUp: true,
  },
  DeliveriesController_search: { app: 'ingestion', method: 'GET', path: '/v1/deliveries', permission: 'subscriptions.read' },
} as const satisfies Readonly<Record<string, Operation>>;

export interface Operation {
  readonly app: 'broker' | 'ingestion' | 'release';
  readonly method: 'GET' | 'POST';
  readonly path: string;
  /** What the app asks of a caller: pages show what somebody may not do as such. */
  readonly permission: string;
  /** It cannot be taken back: it wants a recent sign-in. */
  readonly stepUp?: true;
}

export type OperationId = keyof typeof OPERATIONS;
