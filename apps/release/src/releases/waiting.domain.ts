import type { OwnWait } from './own-wait.domain.js';

/** What a release waits for. The column `waits_for` is its `for`, so that queries need not read the text. */
export type Waiting =
  /** Its rollout, which is paused or waits. */
  | { readonly for: 'rollout' }
  /** The approval of a second person. */
  | { readonly for: 'approval' }
  /** The part of the day in which its next step is allowed; ISO 8601. */
  | { readonly for: 'window'; readonly until: string }
  /** The pause of its gray step; ISO 8601. */
  | { readonly for: 'gray-pause'; readonly until: string }
  /** The outcome of a gray step that was sent. */
  | { readonly for: 'gray'; readonly percentage: number }
  /** A person: its gray release was taken back. */
  | { readonly for: 'operator'; readonly reason: string }
  /** The end of another version's review. It goes on at once when that is a release of ours, and is looked at now and then otherwise. */
  | {
      readonly for: 'review';
      readonly since: string;
      /** `null`: it was submitted elsewhere. */
      readonly release_id: number | null;
      readonly user_version: string | null;
    }
  /** A quota of its own mini program, or a penalty of its kind. */
  | OwnWait
  /** Nothing: it was stopped, and this is why. */
  | Stopped;

export interface Stopped {
  readonly for?: undefined;
  readonly code: 'unauthorized' | 'aborted' | 'older' | 'taken-over' | 'set-aside' | 'abandoned';
  readonly reason: string;
}

export const HELD: Waiting = { for: 'rollout' };
