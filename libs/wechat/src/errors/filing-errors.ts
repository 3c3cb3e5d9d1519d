import type { ErrorRow } from './reaction.js';

/** Codes of filing (备案) and certification (认证): filing-and-certification.md §1.9, §3.2; errors-and-permission-sets.md §1, §2. */
export const FILING_ERRORS: readonly ErrorRow[] = [
  [
    43016,
    'merchant',
    'The mini program is not certified',
    'Have it certified first; certification needs its administrator.',
    '小程序未认证，请先完成微信认证（需管理员参与）。',
  ],
  [53100, 'reread', 'Certification: order not found', 'Ask for the task again.', '认证订单不存在，请重新查询任务。'],
  [53101, 'done', 'Certification: paid already', 'Nothing to do.', '订单已支付，无需处理。'],
  [
    53102,
    'wait',
    'Certification: another order is being reviewed',
    'Wait for its result; one review at a time.',
    '已有审核中的认证订单，请等待结果。',
  ],
  [
    53103,
    'reread',
    'Certification: the order cannot be filled in again',
    'Read its state: only an order that was returned for correction can be submitted again.',
    '订单不可重新提交，请查询状态；仅被退回修改的订单可重新提交。',
  ],
  [
    86202,
    'fix',
    'Filing refused',
    'Correct the fields that WeChat names in `hints`, then apply again.',
    '备案申请未通过校验，请按 hints 中列出的字段修改后重新提交。',
  ],
  [86205, 'fix', 'Media id invalid', 'Upload the file again.', '素材 media_id 无效，请重新上传。'],
  [
    86301,
    'retry',
    'Filing: inner error of WeChat',
    'Try again; if it stays, ask WeChat with the rid.',
    '备案系统错误，请重试；若持续出现，请凭 rid 咨询微信。',
  ],
  [
    86302,
    'fix',
    'Filing: data and picture differ',
    'Type what the certificate shows, or upload the right picture.',
    '填写内容与证件图片差异过大，请核对内容或更换图片。',
  ],
  [86303, 'fix', 'Filing: home of the phone number unknown', 'Use another phone number.', '无法识别手机号归属地，请更换手机号。'],
  [
    86308,
    'fix',
    'Filing: validity of the certificate not accepted',
    'Correct the dates, or use a certificate that stays valid.',
    '证件有效期不符合要求，请核对日期或更换证件。',
  ],
  [
    86324,
    'reread',
    'Filing: under review already',
    'Read the state of the filing and wait for its result.',
    '备案已在审核中，请查询状态并等待结果。',
  ],
  [
    86328,
    'fix',
    'Filing: picture cannot be read',
    'Upload it again with the certificate type that it shows.',
    '无法读取图片内容，请按正确的证件类型重新上传。',
  ],
  [
    86330,
    'reread',
    'Filing: cannot be withdrawn in its present state',
    'Read the state of the filing.',
    '当前状态不可撤回备案，请查询状态。',
  ],
  [86353, 'done', 'Not filed: nothing to cancel', 'Nothing to do.', '未备案，无需注销。'],
  [
    86358,
    'wait',
    'Filing: another order is not finished',
    'Wait for its end, or withdraw it.',
    '有未完成的备案订单，请等待结束或先撤回。',
  ],
  [86368, 'done', 'Filing: nothing to withdraw', 'Nothing to do.', '没有可撤回的备案申请。'],
  [89300, 'reread', 'Certification: order invalid', 'Ask for the task again.', '认证订单无效，请重新查询任务。'],
];

/** Where these codes mean something else. */
export const FILING_ERRORS_BY_API: Readonly<Record<string, readonly ErrorRow[]>> = {
  get_online_icp_order: [
    [
      86328,
      'reread',
      'Nothing filed',
      'Read the state of the filing: there is none to show yet.',
      '没有已备案的信息，请查询备案状态。',
    ],
  ],
};
