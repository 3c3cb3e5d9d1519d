import type { CreateRegistrationRequest } from '#broker-client';
import type { OnboardingGoal, OnboardingStart } from '#persistence';

export const GOALS = ['registered', 'certified', 'filed', 'online'] as const satisfies readonly OnboardingGoal[];
export const STARTS = ['new', 'trial', 'account', 'existing'] as const satisfies readonly OnboardingStart[];
export const ONBOARDING_STATES = ['running', 'waiting', 'failed', 'done', 'cancelled'] as const;

export interface Words {
  readonly en: string;
  readonly zh: string;
}

/** What is ordered for one merchant, as it is kept: sealed. A text `paper:<name>` stands for a paper of the order. */
export interface OnboardingData {
  readonly registration?: Omit<CreateRegistrationRequest, 'reference'> | undefined;
  /** The mini program that is there already. */
  readonly authorizer_appid?: string | undefined;
  readonly identity?: IdentityData | undefined;
  readonly categories?: readonly CategoryData[] | undefined;
  /** The privacy guide of the development version. */
  readonly privacy?:
    | {
        readonly setting_list: readonly { readonly privacy_key: string; readonly privacy_text: string }[];
        readonly owner_setting: object;
      }
    | undefined;
  /** WeChat's `auth_data`. */
  readonly certification?: Readonly<Record<string, unknown>> | undefined;
  /** The form of the filing, without `verify_task_id`. */
  readonly filing?: Readonly<Record<string, unknown>> | undefined;
  readonly release?: ReleaseData | undefined;
}

export interface IdentityData {
  readonly nick_name: string;
  readonly signature: string;
  readonly avatar: string;
  readonly license?: string | undefined;
  readonly id_card?: string | undefined;
  readonly materials?: readonly string[] | undefined;
}

export interface CategoryData {
  readonly first: number;
  readonly second: number;
  readonly certificates?: readonly { readonly name: string; readonly media: string }[] | undefined;
}

export interface ReleaseData {
  readonly template_id: number;
  readonly user_version: string;
  readonly user_desc: string;
}

/** What was begun elsewhere for an order: numbers only. */
export interface Facts {
  readonly registration_id?: string;
  /** Of the data that it was asked with. */
  readonly registration_hash?: string;
  readonly link?: { readonly link_id: string; readonly url: string; readonly expires_at: string };
  /** The avatar's address before ours was set. */
  readonly avatar_before?: string;
  readonly nickname_audit_id?: number;
  readonly nickname_asked_at?: string;
  /** Changes that wait for a second person, by their step. */
  readonly approvals?: Readonly<Record<string, string>>;
  readonly certification_id?: string;
  readonly verification_id?: string;
  readonly application_id?: string;
  readonly release_id?: number;
  /** Media ids of papers at the filing, by paper, content and certificate type. */
  readonly filing_media?: Readonly<Record<string, string>>;
  /** What had failed when it was mended: it is history, and not seen again. */
  readonly past?: readonly (string | number)[];
  /** Failures that pass, one after the other. */
  readonly tries?: number;
}

/** What a person must do. */
export interface Task {
  /** What kind, as a word. */
  readonly code: string;
  readonly who: 'merchant' | 'administrator' | 'responsible_person' | 'operator' | 'second_person';
  readonly what: Words;
  /** To be shown to that person. */
  readonly url?: string | undefined;
  /** ISO 8601. */
  readonly until?: string | undefined;
  /** What is missing, of data and papers. */
  readonly missing?: readonly string[] | undefined;
  readonly approval_id?: string | undefined;
}

/** Why it does not go on. */
export interface Problem {
  readonly code: string;
  readonly detail: string;
  readonly errcode?: number | undefined;
  readonly rid?: string | undefined;
  readonly remedy?: Words | undefined;
  /** Field by field. */
  readonly errors?: readonly { readonly field: string; readonly message: string }[] | undefined;
}

/** From where a merchant comes, by what is given. */
export function startOf({ registration }: OnboardingData): OnboardingStart {
  if (!registration) return 'existing';
  if (registration.way === 'account') return 'account';
  return registration.way.startsWith('trial-to-') ? 'trial' : 'new';
}

/** What a list shows of whom it is for: of a person as little as tells two apart. */
export function labelOf({ registration, identity, authorizer_appid }: OnboardingData): string {
  const { name, wxuser } = registration ?? {};
  if (identity) return identity.nick_name;
  if (name !== undefined) return name;
  if (wxuser !== undefined) return `${wxuser.slice(0, 2)}***${wxuser.slice(-1)}`;
  return registration?.mp_appid ?? registration?.authorizer_appid ?? authorizer_appid ?? '';
}

const LEAST_REMINDER_MS = 3_600_000;
const DAY_MS = 86_400_000;

/** When a person is reminded: at half of the time that was left when they were told last; daily where there is no deadline. */
export function reminderDue(now: number, remindedAt: number, until: number | undefined): boolean {
  if (until === undefined) return now >= remindedAt + DAY_MS;
  if (remindedAt >= until) return false;
  return now >= Math.min(remindedAt + Math.max(LEAST_REMINDER_MS, (until - remindedAt) / 2), until);
}

/** When something that nobody tells is looked at again. @param leastMs while it is new */
export const nextLookMs = (ageMs: number, leastMs: number, mostMs: number): number =>
  Math.min(mostMs, Math.max(leastMs, ageMs / 10));
