import { Injectable } from '@nestjs/common';
import { type EffectPass, PROTECTED_EFFECTS, type ProtectedEffectId, withPass } from '#wechat';
import { ComponentRegistry } from '../components/components.js';
import { DomainError } from '../http/problems.js';

export interface EffectRequest extends Omit<EffectPass, 'agreed'> {
  /**
   * Looks whether enough others have agreed to exactly what is about to be sent: before the work begins, and again in the moment of each
   * sending. Absent: nobody can be asked here.
   * @throws DomainError `approval-needed`
   */
  readonly agreed?: () => Promise<void>;
  /** Nobody has to be asked: it stops something, or goes back to what was agreed to once. */
  readonly alone?: boolean;
}

/**
 * The only way to a protected effect: WeChat's library sends none without the leave that this gives, in any app. Whether a second person is
 * needed stands in the components file, out of the reach of whoever asks.
 */
@Injectable()
export class EffectGate {
  constructor(private readonly components: ComponentRegistry) {}

  /** Whether the component's owner wants two persons for this. */
  needsTwo(effect: ProtectedEffectId, componentAppid: string): boolean {
    return this.components.twoPersonPolicy(componentAppid).effects.has(effect);
  }

  /** @throws DomainError `approval-needed`, and nothing was sent; or what `work` throws */
  async require<T>({ agreed, alone, ...pass }: EffectRequest, work: () => Promise<T>): Promise<T> {
    if (agreed) await agreed();
    else if (!alone && this.needsTwo(pass.effect, pass.componentAppid)) throw nobodyToAsk(pass.effect);
    return withPass(agreed ? { ...pass, agreed } : pass, work);
  }
}

function nobodyToAsk(effect: ProtectedEffectId): DomainError {
  const { words, instead } = PROTECTED_EFFECTS.find(({ id }) => id === effect)!;
  return new DomainError(
    'approval-needed',
    `${words.en} (${effect}): this component requires two persons for that, whom nobody can ask here.`,
    {
      members: { effect },
      remedy: instead
        ? { en: `Use the release app: ${instead}.`, zh: `请改用 release 应用：${instead}。` }
        : { en: 'Do it in WeChat’s console.', zh: '请在微信开放平台或小程序后台操作。' },
    },
  );
}
