import type { AuthorizerView } from '#openapi/broker';
import type { Tone } from '../ui/badge.tsx';

export const MERCHANT_TONES: Readonly<Record<AuthorizerView['state'], Tone>> = {
  active: 'good',
  degraded: 'warn',
  needs_reauthorization: 'bad',
  cancelled: 'plain',
};
