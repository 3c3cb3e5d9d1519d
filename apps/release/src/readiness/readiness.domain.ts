import { FILING, FILING_SMS, filingLacks, isUnfiled } from '#wechat';

/** What a rollout does with mini programs that cannot go online yet. */
export const NOT_READY_POLICIES = ['go-on', 'skip', 'wait', 'refuse'] as const;
export type NotReadyPolicy = (typeof NOT_READY_POLICIES)[number];

/** What is known of a mini program's way online. */
export interface Readiness {
  /** WeChat's number of the filing; `null`: nobody has read it. */
  readonly status: number | null;
  readonly isCanceling: boolean;
  readonly smsStatus: number | null;
  /** When the certification ends or has ended, as WeChat told; `null`: not known. */
  readonly certifiedUntil: Date | null;
}

export type ObstacleKind = 'filing' | 'basic-info' | 'category' | 'certification';

/** One thing that a mini program lacks (filing-and-certification.md §5). */
export interface Obstacle {
  readonly path: ObstacleKind;
  readonly message: string;
  readonly remedy: { readonly en: string; readonly zh: string };
  /** It cannot be put online so. Without certification it can: it is only neither found nor shared. */
  readonly blocks: boolean;
}

/** What keeps a mini program out of a rollout: what blocks it, unless the rollout goes on all the same. */
export function barring(obstacles: readonly Obstacle[], policy: NotReadyPolicy = 'go-on'): readonly Obstacle[] {
  return policy === 'go-on' ? [] : obstacles.filter(({ blocks }) => blocks);
}

/** Why a mini program is left out, or waits. */
export function reasonOf(bars: readonly [Obstacle, ...Obstacle[]]) {
  const [first] = bars;
  const words = (language: 'en' | 'zh') => bars.map(({ remedy }) => remedy[language]).join(language === 'zh' ? '' : ' ');
  const detail = `It ${bars.map(({ message }) => message).join('; it ')}.`;
  return { code: first.path, detail, remedy: { en: words('en'), zh: words('zh') } };
}

const NOT_ONLINE =
  'WeChat will refuse the release: it puts nothing online that is not filed, by an errcode that its pages do not name';

const FILING_OF: Readonly<Record<number, Pick<Obstacle, 'message' | 'remedy'>>> = {
  [FILING.platform]: {
    message: `is not filed yet: WeChat reviews the filing; until it is through, ${NOT_ONLINE}`,
    remedy: { en: 'Wait for the end of the filing’s review.', zh: '备案平台审核中，请等待审核结果。' },
  },
  [FILING.platformRejected]: {
    message: `is not filed: WeChat has rejected the filing. ${NOT_ONLINE}`,
    remedy: {
      en: 'Correct what the filing’s reasons name, and apply again.',
      zh: '备案被平台驳回，请按驳回原因修改后重新提交。',
    },
  },
  [FILING.authority]: {
    message: `is not filed yet: the authority reviews the filing; until it is through, ${NOT_ONLINE}`,
    remedy: { en: 'Wait for the authority (管局).', zh: '备案管局审核中，请等待审核结果。' },
  },
  [FILING.authorityRejected]: {
    message: `is not filed: the authority has rejected the filing. ${NOT_ONLINE}`,
    remedy: {
      en: 'Correct what the filing’s reasons name, and apply again.',
      zh: '备案被管局驳回，请按驳回原因修改后重新提交。',
    },
  },
};

const NOT_FILED: Pick<Obstacle, 'message' | 'remedy'> = {
  message: `is not filed. ${NOT_ONLINE}`,
  remedy: { en: 'Apply for the filing (POST …/filing/applications).', zh: '小程序未备案，请先提交备案申请。' },
};

const SMS_WAITS: Pick<Obstacle, 'message' | 'remedy'> = {
  message: `is not filed yet: the authority waits for the answer to its SMS. ${NOT_ONLINE}`,
  remedy: { en: 'The person named in the filing answers the SMS of the authority.', zh: '请备案负责人尽快完成管局短信核验。' },
};

/** What stands between it and going online. Of what nobody has read, nothing is said. */
export function obstaclesOf({ status, isCanceling, smsStatus, certifiedUntil }: Readiness, now: Date): Obstacle[] {
  const lacks = filingLacks(status);
  const filing = isCanceling ? NOT_FILED : filingObstacle(status, smsStatus);
  return [
    ...(filing ? [{ path: 'filing' as const, ...filing, blocks: true }] : []),
    ...(lacks.includes('basic_info') ? [BASIC_INFO] : []),
    ...(lacks.includes('category') ? [CATEGORY] : []),
    ...(lacks.includes('certification') ? [NOT_CERTIFIED] : []),
    ...(certifiedUntil !== null && certifiedUntil <= now && !lacks.includes('certification') ? [CERTIFICATION_ENDED] : []),
  ];
}

function filingObstacle(status: number | null, smsStatus: number | null): Pick<Obstacle, 'message' | 'remedy'> | undefined {
  if (status === null || status === FILING.filed) return undefined;
  if (status === FILING.authority && smsStatus === FILING_SMS.waiting) return SMS_WAITS;
  return isUnfiled(status) ? NOT_FILED : FILING_OF[status];
}

const BASIC_INFO: Obstacle = {
  path: 'basic-info',
  message: 'has no name, avatar or introduction: WeChat refuses the submission (86002)',
  remedy: { en: 'Set name, avatar and introduction first.', zh: '请先设置小程序的名称、头像和简介。' },
  blocks: true,
};
const CATEGORY: Obstacle = {
  path: 'category',
  message: 'has no approved category: WeChat refuses the submission (85008)',
  remedy: { en: 'Add a category and wait until it is approved.', zh: '请先添加类目并等待审核通过。' },
  blocks: true,
};
const NOT_CERTIFIED: Obstacle = {
  path: 'certification',
  message: 'is not certified: it goes online, but is neither found by searching nor shared',
  remedy: { en: 'Have it certified (POST …/certifications).', zh: '小程序未认证，上线后无法被搜索和分享，请完成微信认证。' },
  blocks: false,
};
const CERTIFICATION_ENDED: Obstacle = {
  path: 'certification',
  message: 'has a certification that has ended: WeChat limits it',
  remedy: { en: 'Have it certified anew (年审).', zh: '小程序认证已过期，请完成年审。' },
  blocks: false,
};
