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

/** The apps that work on jobs. */
export type WorkingApp = 'ingestion' | 'broker' | 'release';

/** Which app works on which jobs. Its start fails unless each kind of job has exactly one handler there. */
export const JOB_WORKERS: { readonly [Q in QueueName]: Readonly<Record<keyof QueueJobs[Q], WorkingApp>> } = {
  [QUEUES.brokerEvents]: { event: 'broker' },
  [QUEUES.releaseEvents]: { event: 'release' },
  [QUEUES.releaseSteps]: { advance: 'release' },
  [QUEUES.brokerCommands]: { 'start-push-ticket': 'broker', 'release-check-reply': 'broker' },
  [QUEUES.brokerSync]: { sync: 'broker' },
  [QUEUES.deliveries]: { lane: 'ingestion' },
};

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
  // A run's row says what is to be done: whoever takes one up again that is not finished must be able to give it a job of the same name.
  [QUEUES.brokerSync]: { attempts: 5, backoff: { type: 'exponential', delay: 10_000 }, ...KEEP, removeOnComplete: true },
  // The deliveries are rows with times of their own; a job only says that some of a subscription are due.
  [QUEUES.deliveries]: { attempts: 1, backoff: { type: 'fixed', delay: 0 }, removeOnComplete: true, removeOnFail: true },
};

/** Redis channel of "what you remember of this subject is out of date" messages. */
export const INVALIDATION_CHANNEL = 'wxplane:invalidate';

/** One job per (event, queue): a second hand-over of the same event is dropped by Bull, a replay carries its own number. */
export function eventJobId(eventId: string, replay?: string): string {
  return replay ? `event-${eventId}-replay-${replay}` : `event-${eventId}`;
}
