import { QUEUES, type QueueName } from './queues.js';

/** Who acts on events of the inbox. */
export interface Consumer {
  /** Where its jobs wait, and what they are called there. `JOB_WORKERS` says which app works on them. */
  readonly queue: QueueName;
  readonly job: string;
  /** As WeChat names them: the InfoType, or the Event of an event message. */
  readonly kinds: readonly string[];
  /** Only events that took this way (`EventRoute` of libs/persistence); without it, only those that took none. */
  readonly route?: 'release-check';
}

/**
 * Who consumes what: the one table that the dispatcher, the search for lost jobs, the reading without queues and the consumers themselves
 * go by. Under its name a consumer records its effect on an event.
 */
export const CONSUMERS = {
  broker: {
    queue: QUEUES.brokerEvents,
    job: 'event',
    kinds: [
      'component_verify_ticket',
      'authorized',
      'updateauthorized',
      'unauthorized',
      'notify_third_fasteregister',
      'notify_third_fastregisterbetaapp',
      'notify_third_fastverifybetaapp',
      'notify_icpfiling_verify_result',
      'notify_apply_icpfiling_result',
      'betaapp_authorization_apply_event',
      'betaapp_verify_event',
      'wxa_nickname_audit',
      'notify_3rd_wxa_auth',
      'notify_3rd_wxa_auth_and_icp',
      'notify_3rd_wxa_wxverify',
    ],
  },
  release: {
    queue: QUEUES.releaseEvents,
    job: 'event',
    kinds: [
      'unauthorized',
      'weapp_audit_success',
      'weapp_audit_fail',
      'weapp_audit_delay',
      'order_path_apply_result_notify',
      'order_path_audit_result_notify',
      'order_path_batch_result',
      'trade_manage_remind_access_api',
      'trade_manage_remind_shipping',
      'wxa_illegal_record',
      'wxa_punish_event',
      'wxa_appeal_record',
    ],
  },
  'release-check': { queue: QUEUES.brokerCommands, job: 'release-check-reply', kinds: ['message.text'], route: 'release-check' },
} as const satisfies Readonly<Record<string, Consumer>>;

export type ConsumerName = keyof typeof CONSUMERS;

/** @returns who acts on an event of that kind which took that route; `null`: none in particular. */
export function consumersOf(kind: string, route: Consumer['route'] | null = null): readonly Consumer[] {
  const all: readonly Consumer[] = Object.values(CONSUMERS);
  return all.filter((consumer) => (consumer.route ?? null) === route && consumer.kinds.includes(kind));
}
