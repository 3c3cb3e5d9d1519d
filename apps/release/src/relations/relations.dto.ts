import { Equals, IsIn, IsOptional, IsString, Length } from 'class-validator';
import { AuthorizerPath, Checked, IsAppid, PageOf } from '#service';

const STRANGER = 'none: another’s mini program, which need not have authorized anybody';

export class AskHalfScreen {
  /** The mini program that is to be opened inside this one. */
  @IsAppid() @Checked(STRANGER) readonly embedded_appid!: string;
  /** For its administrator. */
  @IsOptional() @IsString() @Length(1, 30) readonly reason?: string;
}

export class HalfScreenPath extends AuthorizerPath {
  @IsAppid() readonly embedded_appid!: string;
}

export class OpenerPath extends AuthorizerPath {
  @IsAppid() readonly opener_appid!: string;
}

export const FLAGS = ['ask', 'accept', 'refuse'] as const;

export class HalfScreenPolicy {
  /** Who asks to open this one: its administrator decides, all are accepted, all are refused. */
  @IsIn(FLAGS) readonly policy!: (typeof FLAGS)[number];
}

export class HalfScreenView {
  readonly appid!: string;
  readonly nickname!: string | null;
  readonly reason!: string | null;
  /** As WeChat gives it: its values are not published. */
  readonly status!: string | null;
  readonly asked_at!: string | null;
}

export class HalfScreenPage extends PageOf(HalfScreenView) {}

export class OpenersPage extends PageOf(HalfScreenView) {
  readonly policy!: (typeof FLAGS)[number] | null;
}

export class OpenAccount {
  /** Of the open-platform account (开放平台账号). */
  @IsAppid() @Checked('none: no merchant’s account') readonly open_appid!: string;
}

export class UnbindOpenAccount extends OpenAccount {
  /** Every user's unionid is another one afterwards: say that this is known. */
  @Equals(true, { message: 'unionids_change must be true: every user has another unionid afterwards' })
  readonly unionids_change!: true;
}

export class OpenAccountView {
  /** null: it is bound to none. */
  readonly open_appid!: string | null;
  /** Whether the entities are the same; null: not asked, or not answered. */
  readonly same_entity!: boolean | null;
}

export class ShownAccount {
  /** The official account that users are offered to follow; null: none. */
  @IsOptional() @IsAppid() @Checked('none: only one that is linked with the mini program is taken by WeChat') readonly appid?:
    | string
    | null;
}

export class ShownAccountView {
  readonly appid!: string | null;
  readonly nickname!: string | null;
  /** Whether the mini program may show one at all. */
  readonly possible!: boolean;
}

export class ShowableAccountView {
  readonly appid!: string;
  readonly nickname!: string | null;
}

export class ShowableAccountPage extends PageOf(ShowableAccountView) {}
