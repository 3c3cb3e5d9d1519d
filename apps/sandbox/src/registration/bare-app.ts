import { newAppid } from '../world/random.js';

/** `verify_type` of an account that is not certified. */
const NOT_CERTIFIED = -1;
/** Filing state of an app with neither name nor category (filing reference §6). */
const NOTHING_SET = 1031;
/** `service_type` of a trial (registration reference §4). */
export const TRIAL_SERVICE = 12;
/** Digits of a unified social credit code (统一社会信用代码). */
export const CODE_LENGTH = 18;

/** A mini program as registration makes it: with nothing but its entity (registration reference §9.5). */
export const bareApp = (principal_name: string) => ({
  appid: newAppid(),
  kind: 'miniprogram' as const,
  nick_name: '',
  head_img: '',
  signature: '',
  principal_name,
  categories: [],
  basic_info_set: false,
  privacy_guide: false,
  verify_type: NOT_CERTIFIED,
  icp_status: NOTHING_SET,
});
