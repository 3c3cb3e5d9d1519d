export { CONSUMERS, type Consumer, type ConsumerName, consumersOf } from './consumers.js';
export { type DeadLetter, listDeadLetters, type Redriven, redriveDeadLetters } from './dead-letters.js';
export { QUEUE_PREFIX, SET_ASIDE_KEY, SPOOL_KEY } from './prefix.js';
export {
  type EventJob,
  eventJobId,
  INVALIDATION_CHANNEL,
  JOB_WORKERS,
  QUEUE_POLICY,
  QUEUES,
  type QueueJobs,
  type QueueName,
  type WorkingApp,
} from './queues.js';
