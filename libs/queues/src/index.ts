import type { JobOptions } from 'bull';

/**
 * Every queue of the suite: its name, the shape of its jobs, its policy. Payloads are ids, never tokens, messages or entities:
 * Redis may be lost and may be read by others.
 */
export const QUEUES = {
  /** Ingestion → broker: events of the component (tickets, authorizations, registrations). */
  brokerEvents: 'broker.events',
  /** Ingestion → release: results of audits, and authorizations that end. */
  releaseEvents: 'release.events',
  /** Release → release: the next step of one release. */
  releaseSteps: 'release.steps',
  /** Anyone → broker: things only the broker may ask WeChat. */
  brokerCommands: 'broker.commands',
  /** Broker → broker: a run through WeChat's list of authorizers. */
  brokerSync: 'broker.sync',
  /** Ingestion → ingestion: deliveries of one subscription that are due. */
  deliveries: 'ingestion.deliveries',
} as const;

export type QueueName = (typeof QUEUES)[keyof typeof QUEUES];

/** An inbox row to act on. The consumer reads the row and records its effect, so a second delivery does nothing. */
export interface EventJob {
  readonly eventId: string;
}

/** Job names and payloads, by queue. */
export interface QueueJobs {
  [QUEUES.brokerEvents]: { event: EventJob };
  [QUEUES.releaseEvents]: { event: EventJob };
  [QUEUES.releaseSteps]: { advance: { readonly releaseId: number } };
  [QUEUES.brokerCommands]: {
    'start-push-ticket': { readonly componentAppid: string };
    /** WeChat's release check wants a customer-service message with the code of that message: seconds count. */
    'release-check-reply': EventJob;
  };
  [QUEUES.brokerSync]: { sync: { readonly syncId: number } };
  [QUEUES.deliveries]: { lane: { readonly subscriptionId: string } };
}

type Policy = Required<Pick<JobOptions, 'attempts' | 'backoff' | 'removeOnComplete' | 'removeOnFail'>>;

const DAY_S = 86_400;
/** Failed jobs stay for two weeks: they are the dead letters that operators list and re-drive. */
const KEEP = { removeOnComplete: { age: 3_600, count: 1_000 }, removeOnFail: { age: 14 * DAY_S } } as const;

/** A queue without a policy does not compile. */
export const QUEUE_POLICY: Record<QueueName, Policy> = {
  // About an hour of tries: 1 s, 2 s, 4 s … The inbox keeps the event in any case.
  [QUEUES.brokerEvents]: { attempts: 12, backoff: { type: 'exponential', delay: 1_000 }, ...KEEP },
  [QUEUES.releaseEvents]: { attempts: 12, backoff: { type: 'exponential', delay: 1_000 }, ...KEEP },
  [QUEUES.releaseSteps]: { attempts: 12, backoff: { type: 'exponential', delay: 1_000 }, ...KEEP },
  [QUEUES.brokerCommands]: { attempts: 3, backoff: { type: 'exponential', delay: 5_000 }, ...KEEP },
  [QUEUES.brokerSync]: { attempts: 5, backoff: { type: 'exponential', delay: 10_000 }, ...KEEP },
  // The deliveries are rows with times of their own; a job only says that some of a subscription are due.
  [QUEUES.deliveries]: { attempts: 1, backoff: { type: 'fixed', delay: 0 }, removeOnComplete: true, removeOnFail: true },
};

export { type DeadLetter, listDeadLetters, type Redriven, redriveDeadLetters } from './dead-letters.js';
export { QUEUE_PREFIX } from './prefix.js';

/** Redis channel of "what you remember of this subject is out of date" messages. */
export const INVALIDATION_CHANNEL = 'wxplane:invalidate';

const BROKER_KINDS = new Set([
  'component_verify_ticket',
  'authorized',
  'updateauthorized',
  'unauthorized',
  'notify_third_fasteregister',
  'notify_third_fastregisterbetaapp',
  'notify_third_fastverifybetaapp',
]);

const RELEASE_KINDS = new Set(['unauthorized', 'weapp_audit_success', 'weapp_audit_fail', 'weapp_audit_delay']);

/**
 * Which queues an event goes to.
 * @param kind as WeChat names it: the InfoType, or the Event of an event message.
 */
export function queuesForEvent(kind: string): QueueName[] {
  const queues: QueueName[] = [];
  if (BROKER_KINDS.has(kind)) queues.push(QUEUES.brokerEvents);
  if (RELEASE_KINDS.has(kind)) queues.push(QUEUES.releaseEvents);
  return queues;
}

/** One job per (event, queue): a second hand-over of the same event is dropped by Bull, a replay carries its own number. */
export function eventJobId(eventId: string, replay?: string): string {
  return replay ? `event-${eventId}-replay-${replay}` : `event-${eventId}`;
}
