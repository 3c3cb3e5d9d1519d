/** Everything that a route may ask for: `resource.verb`, and what it lets somebody do. */
export const PERMISSIONS = {
  'tokens.reveal': 'read the token of a merchant, and its ticket for web pages',
  'tokens.reveal-component': 'read the token and the ticket of a component, with which every merchant can be acted for',
  'tokens.refresh': 'have a token fetched anew',
  'users.sign-in': 'sign users of merchants in',
  'proxy.call': 'call WeChat for a merchant through the proxy',
  'components.read': 'see the components',
  'components.operate': 'have the broker read and change templates and domains of a component at WeChat',
  'authorizers.read': 'see the merchants, and read one again from WeChat',
  'authorizers.sync': 'start a comparison of all merchants with WeChat',
  'syncs.read': 'see how such a comparison went',
  'registrations.read': 'see registrations of mini programs, with the data they were asked for with',
  'registrations.write': 'register mini programs for merchants, and renew registrations',
  'links.read': 'see authorization links',
  'links.write': 'make and revoke authorization links',
  'filings.read': 'see the filings (备案) of mini programs',
  'filings.write': 'upload papers, apply for filings, withdraw and cancel them',
  'certifications.read': 'see the certifications (认证) of mini programs',
  'certifications.write': 'upload material and begin certifications',
  'clients.read': 'see the clients',
  'clients.write': 'make, change, rotate and revoke clients',
  'calls.read': 'see the calls to WeChat',
  'quotas.read': 'see how much of WeChat’s quotas is used, and what a failed call was',
  'quotas.reset': 'reset quotas at WeChat, which goes ten times a month',
  'api-security.read': 'see which accounts sign and encrypt their calls',
  'api-security.write': 'set and delete the keys with which calls of an account are signed and encrypted',
  'audit.read': 'read the audit log',
  'events.list': 'see which events came, without content',
  'events.read': 'read the content of events',
  'events.replay': 'have events sent to a subscription again',
  'events.redo': 'have the apps act on events again, and accept those that were not believed',
  'subscriptions.read': 'see subscriptions and their deliveries',
  'subscriptions.write': 'make, change and delete subscriptions, and try deliveries again',
  'channels.read': 'see by which robots and mailboxes people are told of releases, and what they were told',
  'channels.write': 'make, change, try and delete such robots and mailboxes',
  'messages.reply': 'answer messages of users',
  'releases.read': 'see releases, rollouts and templates',
  'releases.make': 'make a release, which uploads code',
  'releases.submit': 'submit a release to WeChat’s review',
  'releases.publish': 'put a release before users, all or some',
  'releases.stop': 'withdraw, take back or abandon a release',
  'releases.approve': 'be the second person of a release',
  'releases.roll-back': 'put the version before before users again',
  'rollouts.make': 'start a rollout, which makes releases',
  'rollouts.stop': 'pause or abort a rollout',
  'rollouts.resume': 'let a rollout go on, and try its failures again',
  'rollouts.approve': 'be the second person of a rollout',
  'templates.write': 'make templates of drafts, and delete them',
  'mini-programs.read': 'see mini programs, their versions and settings',
  'settings.write': 'change what a release is made with, and small settings of mini programs',
  'tags.write': 'change the tags of mini programs',
  'media.write': 'upload files for WeChat’s review',
  'domains.write': 'change the domains of a mini program or of the platform',
  'names.write': 'change name, avatar and description of a mini program',
  'privacy.write': 'change the privacy statement of a mini program and its interfaces',
  'plugins.write': 'change the plugins of a mini program',
  'accounts.write': 'bind a mini program to an open-platform account, or to an official account to follow',
  'onboardings.read': 'see onboardings of merchants: where they are, and what persons must do',
  'onboardings.write': 'order onboardings, give their data and papers, retry and cancel them',
  'operations.suspend': 'close a mini program for its users, and open it',
  'changes.approve': 'be the second person of a change to a mini program or to the platform',
  'others.manage': 'use links, subscriptions and deliveries that another caller made',
} as const;
export type Permission = keyof typeof PERMISSIONS;

/** Where an OpenAPI document says which one an operation needs. */
export const PERMISSION_EXTENSION = 'x-permission';

const READS_RELEASES = ['releases.read', 'mini-programs.read', 'channels.read'] as const;

/** The roles that are always there. Those of a client's key are called its scopes. */
export const BUILT_IN_ROLES = {
  'component-token': ['tokens.reveal-component', 'components.operate', 'components.read'],
  /** For the release app: what it needs a component for, without the token. */
  'component-operations': ['components.operate', 'components.read'],
  'authorizer-token': ['tokens.reveal', 'users.sign-in'],
  'authorizers:read': ['authorizers.read', 'components.read', 'syncs.read', 'links.read', 'filings.read', 'certifications.read'],
  'authorizations:write': ['links.read', 'links.write', 'authorizers.sync', 'syncs.read'],
  'going-online:write': ['filings.read', 'filings.write', 'certifications.read', 'certifications.write'],
  'registrations:read': ['registrations.read', 'components.read'],
  'registrations:write': ['registrations.read', 'registrations.write', 'components.read'],
  proxy: ['proxy.call', 'users.sign-in'],
  'releases:read': READS_RELEASES,
  'releases:write': [
    ...READS_RELEASES,
    'releases.make',
    'releases.submit',
    'releases.publish',
    'releases.stop',
    'releases.approve',
    'releases.roll-back',
    'rollouts.make',
    'rollouts.stop',
    'rollouts.resume',
    'rollouts.approve',
    'changes.approve',
    'templates.write',
    'settings.write',
    'tags.write',
    'media.write',
    'domains.write',
    'names.write',
    'privacy.write',
    'plugins.write',
    'accounts.write',
    'operations.suspend',
    'channels.write',
  ],
  'onboardings:read': ['onboardings.read'],
  /** Each step needs the right to its own operation besides, such as `registrations:write`. */
  'onboardings:write': ['onboardings.read', 'onboardings.write'],
  'events:read': ['events.list', 'events.read'],
  'subscriptions:write': ['events.list', 'events.replay', 'subscriptions.read', 'subscriptions.write', 'messages.reply'],
  /** Manages: sees everything but secrets and content, stops what goes wrong, and puts nothing before users. */
  admin: [
    'components.read',
    'authorizers.read',
    'authorizers.sync',
    'syncs.read',
    'links.read',
    'links.write',
    'filings.read',
    'registrations.read',
    'certifications.read',
    'tokens.refresh',
    'clients.read',
    'clients.write',
    'calls.read',
    'quotas.read',
    'quotas.reset',
    'api-security.read',
    'api-security.write',
    'audit.read',
    'events.list',
    'events.replay',
    'events.redo',
    'subscriptions.read',
    'subscriptions.write',
    'channels.write',
    ...READS_RELEASES,
    'onboardings.read',
    'releases.stop',
    'rollouts.stop',
    'tags.write',
    'others.manage',
  ],
} as const satisfies Readonly<Record<string, readonly Permission[]>>;

/** A role that a client's key may have. */
export type Scope = keyof typeof BUILT_IN_ROLES;
export const SCOPES = Object.keys(BUILT_IN_ROLES) as readonly Scope[] as readonly [Scope, ...Scope[]];

export const ALL_PERMISSIONS: ReadonlySet<Permission> = new Set(Object.keys(PERMISSIONS) as Permission[]);

export const isScope = (word: string): word is Scope => Object.hasOwn(BUILT_IN_ROLES, word);

/** Scopes that have a permission; `admin` only where no other does. */
export function scopesWith(permission: Permission): readonly Scope[] {
  const all = SCOPES.filter((scope) => (BUILT_IN_ROLES[scope] as readonly Permission[]).includes(permission));
  const others = all.filter((scope) => scope !== 'admin');
  return others.length > 0 ? others : ['admin'];
}

/**
 * What the scopes of a client's key allow.
 * @param adminManagesOnly `admin` is the role of that name, instead of everything
 */
export function permissionsOf(scopes: readonly string[], adminManagesOnly = false): ReadonlySet<Permission> {
  if (scopes.includes('admin') && !adminManagesOnly) return ALL_PERMISSIONS;
  return new Set(scopes.filter(isScope).flatMap((scope): readonly Permission[] => BUILT_IN_ROLES[scope]));
}
