import { TokenCaller } from './caller.js';

/** Everything else that is set before a release (mini-program-release.md §6). */
export class SettingsApi extends TokenCaller {}
