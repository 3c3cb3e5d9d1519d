import { Injectable } from '@nestjs/common';
import type { PrivacySetting } from '#wechat';
import { SettingsService } from '../../settings/settings.service.js';
import { OnboardingChanges } from './changes.js';
import { DONE, type OnboardingStep, OPEN, type Seen, type Turn } from './step.js';

/** Of the development version: the online one follows the code. */
const DEVELOPMENT = 2;

/** The privacy guide (用户隐私保护指引): no version is submitted without one (85086). */
@Injectable()
export class PrivacyStep implements OnboardingStep {
  readonly name = 'privacy';

  constructor(
    private readonly settings: SettingsService,
    private readonly changes: OnboardingChanges,
  ) {}

  async look(turn: Turn): Promise<Seen> {
    const { component_appid, authorizer_appid } = turn.app;
    const setting = await this.settings.read(component_appid, authorizer_appid, (api, { token, context }) =>
      api.settings.getPrivacySetting(token, DEVELOPMENT, context),
    );
    const changing = await this.changes.look(turn, 'privacy');
    if (changing) return changing;
    return isThere(setting, turn.data.privacy?.setting_list ?? []) ? DONE : OPEN;
  }

  async act(turn: Turn): Promise<void> {
    const body = { privacy_ver: DEVELOPMENT, ...turn.data.privacy };
    await this.changes.bring(turn, 'SettingsController.setPrivacySettings', 'privacy', body);
  }
}

/** Somebody has filled it in, with at least what is wanted. */
function isThere({ setting_list = [], owner_setting }: PrivacySetting, wanted: readonly Entry[]): boolean {
  const known = setting_list as readonly Entry[];
  const holds = wanted.every((one) =>
    known.some(({ privacy_key, privacy_text }) => privacy_key === one.privacy_key && privacy_text === one.privacy_text),
  );
  return holds && Object.values(owner_setting ?? {}).some((value) => value !== '' && value !== 0);
}

interface Entry {
  readonly privacy_key: string;
  readonly privacy_text: string;
}
