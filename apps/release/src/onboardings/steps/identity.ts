import { Readable } from 'node:stream';
import { Injectable } from '@nestjs/common';
import type { AccountBasicInfo } from '#wechat';
import { SettingsService } from '../../settings/settings.service.js';
import type { IdentityData, Words } from '../onboarding.domain.js';
import { papersIn, withPapers } from '../papers.domain.js';
import { OnboardingChanges } from './changes.js';
import { DONE, isPast, type OnboardingStep, OPEN, type Seen, type Turn } from './step.js';

const NAME = { inAudit: 1, failed: 2 } as const;
const ANOTHER_NAME: Words = {
  en: 'Give another name (PATCH identity.nick_name), or the proof that WeChat wants (identity.materials).',
  zh: '请更换名称（修改 identity.nick_name），或补充证明材料（identity.materials）。',
};
/** So long an answer that was lost may still be on its way. */
const UNCLEAR_MS = 60_000;

type Part = 'signature' | 'avatar' | 'nickname';

/** Name, picture and introduction: without them nothing can be submitted (86002). */
@Injectable()
export class IdentityStep implements OnboardingStep {
  readonly name = 'identity';

  constructor(
    private readonly settings: SettingsService,
    private readonly changes: OnboardingChanges,
  ) {}

  async look(turn: Turn): Promise<Seen> {
    const info = await this.read(turn);
    const { identity } = turn.data;
    if (!identity) return avatarOf(info) && nameOf(info) && signatureOf(info) ? DONE : OPEN;
    for (const part of partsLeft(turn, identity, info)) {
      const changing = await this.changes.look(turn, part);
      if (changing) return changing;
      if (part !== 'nickname') continue;
      const naming = await this.naming(turn);
      if (naming) return naming;
    }
    return partsLeft(turn, identity, info).length === 0 ? DONE : OPEN;
  }

  async act(turn: Turn): Promise<void> {
    const identity = turn.data.identity!;
    const info = await this.read(turn);
    for (const part of partsLeft(turn, identity, info)) {
      if (await this.changes.look(turn, part)) continue;
      if (part === 'signature') {
        await this.changes.bring(turn, 'IdentityController.signature', part, { signature: identity.signature });
      } else if (part === 'avatar') {
        const body = { ...(await this.uploaded(turn, { media_id: identity.avatar })), x1: 0, y1: 0, x2: 1, y2: 1 };
        await turn.remember({ avatar_before: avatarOf(info) });
        await this.changes.bring(turn, 'IdentityController.avatar', part, body);
      } else {
        const { nick_name, license, id_card, materials } = identity;
        const body = await this.uploaded(turn, { nick_name, license, id_card, materials });
        await turn.remember({ nickname_asked_at: new Date().toISOString() });
        const answer = await this.changes.bring<{ audit_id: number | null }>(turn, 'IdentityController.nickname', part, body);
        if (answer?.audit_id != null) await turn.remember({ nickname_audit_id: answer.audit_id });
      }
    }
  }

  private read({ app }: Turn): Promise<AccountBasicInfo> {
    return this.settings.read(app.component_appid, app.authorizer_appid, (api, { token, context }) =>
      api.settings.getAccountBasicInfo(token, context),
    );
  }

  private async naming(turn: Turn): Promise<Seen | undefined> {
    const { app, facts } = turn;
    const agreed = await this.changes.answerOf<{ audit_id: number | null }>(turn, 'nickname');
    const id = facts.nickname_audit_id ?? agreed?.audit_id ?? undefined;
    if (id === undefined) {
      const asked = facts.nickname_asked_at;
      // Its answer may have been lost; that the name holds is seen soon.
      return asked !== undefined && Date.now() - Date.parse(asked) < UNCLEAR_MS && !isPast(turn, asked)
        ? { is: 'waiting', againMs: 5_000 }
        : undefined;
    }
    const audit = await this.settings.read(app.component_appid, app.authorizer_appid, (api, { token, context }) =>
      api.settings.queryNickname(token, id, context),
    );
    if (audit.audit_stat !== NAME.failed) return { is: 'waiting' };
    if (isPast(turn, `name-${id}`)) return undefined;
    const detail = `WeChat refused the name: ${audit.fail_reason || 'without a reason'}.`;
    return { is: 'refused', problem: { code: 'name-refused', detail, remedy: ANOTHER_NAME } };
  }

  /** Uploaded as temporary material, which is good for three days. */
  private async uploaded(turn: Turn, body: object): Promise<Record<string, unknown>> {
    const media = await uploadTemporary(this.settings, turn, body);
    return withPapers(JSON.parse(JSON.stringify(body)), ({ paper }) => media.get(paper)!) as Record<string, unknown>;
  }
}

/** Papers of a body as temporary material of the mini program. @returns media ids by paper */
export async function uploadTemporary(settings: SettingsService, turn: Turn, body: unknown): Promise<Map<string, string>> {
  const { component_appid, authorizer_appid } = turn.app;
  const media = new Map<string, string>();
  for (const { paper } of papersIn(body)) {
    if (media.has(paper)) continue;
    const { type, data } = await turn.paper(paper);
    const file = { body: Readable.from([data]), contentType: type, size: data.length, filename: `1.${type.split('/')[1]}` };
    media.set(paper, (await settings.uploadTemporary(component_appid, authorizer_appid, file)).media_id);
  }
  return media;
}

const nameOf = ({ nickname, nickname_info }: AccountBasicInfo): string => nickname || nickname_info?.nickname || '';
const avatarOf = ({ head_image_info }: AccountBasicInfo): string => head_image_info?.head_image_url ?? '';
const signatureOf = ({ signature_info }: AccountBasicInfo): string => signature_info?.signature ?? '';

/** The name last: it may be reviewed, and is refused while code is. */
function partsLeft({ facts }: Turn, identity: IdentityData, info: AccountBasicInfo): Part[] {
  const parts: Part[] = [];
  if (signatureOf(info) !== identity.signature) parts.push('signature');
  // Ours was set when the address is another one than before.
  if (!avatarOf(info) || facts.avatar_before === undefined || avatarOf(info) === facts.avatar_before) parts.push('avatar');
  if (nameOf(info) !== identity.nick_name) parts.push('nickname');
  return parts;
}
