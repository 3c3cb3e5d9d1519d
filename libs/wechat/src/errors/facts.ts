import { ERRCODE as E } from './codes.js';
import type { Concern, Missing } from './reaction.js';

/** Whom a code concerns, where its reaction alone does not say it. */
export const CONCERNS: Readonly<Record<Exclude<Concern, 'call'>, readonly number[]>> = {
  everybody: [E.SYSTEM_BUSY, E.COMMIT_FAILED],
  // Also the secret, the address, the tickets and the publication of the platform; its quotas and penalties.
  component: [
    E.INVALID_APP_SECRET,
    E.IP_NOT_IN_WHITELIST,
    E.IP_NOT_REGISTERED,
    E.VERIFY_TICKET_EXPIRED,
    E.VERIFY_TICKET_INVALID,
    E.INVALID_COMPONENT,
    E.COMPONENT_NOT_PUBLISHED,
    E.COMPONENT_MUST_BE_PUBLISHED_AGAIN,
    E.TEMPLATE_LIBRARY_FULL,
    E.AUDIT_QUOTA_EXHAUSTED,
    E.SUBMISSIONS_PUNISHED,
    E.SPEED_UPS_EXHAUSTED,
    E.COMPONENT_INVALID_OR_UNPUBLISHED,
    E.COMPONENT_LACKS_PERMISSION_SETS,
    E.COMPONENT_OF_A_PERSON,
    E.COMPONENT_OF_A_PERSON_NOT_SUPPORTED,
    E.REGISTRATION_SETS_MISSING,
  ],
  template: [E.PACKAGE_TOO_LARGE_CI, E.TEMPLATE_NOT_FOUND, E.TEMPLATE_BROKEN, E.PACKAGE_TOO_LARGE],
  'new-apps': [E.NEW_APPS_PUNISHED],
  updates: [E.UPDATES_PUNISHED],
  // Calls on behalf of an account use up its own quota, per API.
  account: [E.QUOTA_EXHAUSTED, E.MINUTE_RATE_EXCEEDED, E.WITHDRAWALS_EXHAUSTED],
};

/** Quotas of whoever's token is used. */
export const OF_THE_TOKEN: ReadonlySet<number> = new Set([E.QUOTA_EXHAUSTED, E.MINUTE_RATE_EXCEEDED]);

export const NOT_AUTHORIZED: Readonly<Record<Missing, readonly number[]>> = {
  account: [E.ACCOUNT_NOT_AUTHORIZED],
  'refresh-token': [E.REFRESH_TOKEN_INVALID, E.PASSWORD_CHANGED],
  api: [E.AUTHORIZATION_REQUIRED, E.API_NOT_GRANTED, E.PERMISSION_SET_NOT_GRANTED],
};

export const ADDRESS_REFUSED: ReadonlySet<number> = new Set([E.IP_NOT_REGISTERED, E.IP_NOT_IN_WHITELIST, E.IP_NOT_ACCEPTED]);

/** Of a day, a month or a year; not of a minute. */
export const QUOTA_EXHAUSTED: ReadonlySet<number> = new Set([
  E.QUOTA_EXHAUSTED,
  E.AUDIT_QUOTA_EXHAUSTED,
  E.WITHDRAWALS_EXHAUSTED,
  E.SPEED_UPS_EXHAUSTED,
  E.CLEAR_QUOTA_EXHAUSTED,
  E.SIGNATURE_QUOTA_EXHAUSTED,
  E.AVATAR_QUOTA_EXHAUSTED,
  E.CATEGORY_QUOTA_EXHAUSTED,
  E.QR_RULE_PUBLICATIONS_EXHAUSTED,
  E.AVATAR_AND_SIGNATURE_CHANGES_EXHAUSTED,
  E.DOMAIN_CHANGES_EXHAUSTED,
  E.MEMBER_OPERATIONS_EXHAUSTED,
  E.HALF_SCREEN_REQUESTS_EXHAUSTED,
  E.OFFICIAL_ACCOUNT_REGISTRATIONS_EXHAUSTED,
]);

/** Besides all that is to be tried again by its reaction. */
export const PASSES: Readonly<Record<'soon' | 'later', readonly number[]>> = {
  soon: [E.OPERATION_IN_PROGRESS, E.PRIVACY_SCAN_RUNNING, E.COMMIT_TOO_SOON],
  // A pending ticket, an approval that lags behind, a gray release that runs (mini-program-release.md §7, §10 5 and 11).
  later: [E.AUDIT_PENDING, E.AUDIT_NOT_APPROVED, E.GRAY_AUDIT_NOT_APPROVED, E.GRAY_RELEASE_RUNNING],
};
