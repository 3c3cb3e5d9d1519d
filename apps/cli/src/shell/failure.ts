/** What every command ends with; docs/cli.md explains each. */
export const EXIT = {
  done: 0,
  /** It failed, or a problem was found. */
  failed: 1,
  /** Wrong use: an unknown flag, a missing argument, a confirmation that nobody can give. */
  usage: 2,
  /** A rollout that was watched has paused, or still waits when the time is over: somebody must decide. */
  paused: 3,
  /** Wrong or missing configuration (sysexits.h). */
  config: 78,
} as const;

export interface FailureDetails {
  /** What a person can do. */
  readonly remedy?: string | undefined;
  /** The last part of a problem's `type`, such as `authorizer-unknown`. */
  readonly code?: string | undefined;
  readonly status?: number | undefined;
  readonly exit?: number;
  /** It stays so until somebody acts: trying again later is in vain. */
  readonly lasting?: true | undefined;
  /** For ops to find the request in the log. */
  readonly requestId?: string | undefined;
}

/** A failure in words that a person can act on; shown without a stack. */
export class CliError extends Error {
  constructor(
    message: string,
    readonly details: FailureDetails = {},
  ) {
    super(message);
  }
}

/** Wrong use that only shows while the command runs. */
export const wrongUse = (message: string, remedy?: string) => new CliError(message, { exit: EXIT.usage, remedy });
