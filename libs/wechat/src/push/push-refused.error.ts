/** Why a push was refused. Stable: used in metrics and in answers to operators. */
export type PushRefusal = 'signature' | 'envelope' | 'too-large' | 'base64' | 'decrypt' | 'buffer' | 'appid';

/** WeChat's own numbers for the same things (authorization.md §1.7), so that its documents and forum can be searched. */
export const PUSH_REFUSAL_CODES = {
  signature: -40001,
  envelope: -40002,
  'too-large': -40002,
  appid: -40005,
  decrypt: -40007,
  buffer: -40008,
  base64: -40010,
} as const satisfies Record<PushRefusal, number>;

/** A push that cannot be believed. The message never holds key material, tokens or content. */
export class PushRefusedError extends Error {
  override readonly name = 'PushRefusedError';
  readonly code: number;

  constructor(
    readonly reason: PushRefusal,
    detail: string,
  ) {
    super(`push refused (${reason}): ${detail}`);
    this.code = PUSH_REFUSAL_CODES[reason];
  }
}
