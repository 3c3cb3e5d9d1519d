import { id, list, must, number, object, text } from './fields.js';

const enterpriseInfo = {
  name: text,
  code: text,
  code_type: number,
  legal_persona_wechat: text,
  legal_persona_name: text,
  component_phone: text,
};

const grant = {
  AuthorizerAppid: must(id),
  AuthorizationCode: must(id),
  /** Absolute Unix seconds, whatever the documents say. */
  AuthorizationCodeExpiredTime: number,
  PreAuthCode: text,
};

/**
 * What the auth event URL receives, by `InfoType` (authorization.md §2), without the common `AppId`, `CreateTime`, `InfoType`.
 * The kind of such an event is its `InfoType`.
 */
export const COMPONENT_EVENTS = {
  component_verify_ticket: { ComponentVerifyTicket: must(id) },
  authorized: grant,
  updateauthorized: grant,
  unauthorized: { AuthorizerAppid: must(id) },
  notify_third_fasteregister: {
    appid: text,
    status: must(number),
    auth_code: text,
    msg: text,
    info: object({ ...enterpriseInfo, wxuser: text, idname: text }),
  },
  notify_third_fastregisterbetaapp: {
    appid: text,
    status: must(number),
    msg: text,
    info: object({ unique_id: text, name: text }),
  },
  notify_third_fastverifybetaapp: { appid: text, status: must(number), msg: text, info: object(enterpriseInfo) },
  /** `result`: 2 failed, 3 passed. */
  notify_icpfiling_verify_result: {
    task_id: text,
    verify_appid: text,
    result: must(number),
    along_with_auth_result: number,
  },
  notify_apply_icpfiling_result: { authorizer_appid: text, beian_status: must(number) },
  notify_3rd_wxa_auth: {
    appid: text,
    taskid: text,
    task_status: number,
    apply_status: number,
    message: text,
    dispatch_info: object({ provider: text, contact: text, dispatch_time: number }),
  },
  notify_3rd_wxa_wxverify: { appid: text, expired: number, message: text },
  notify_3rd_wxa_auth_and_icp: { appid: text, procedure_id: text, procedure_status: number, message: text },
  order_path_apply_result_notify: { list: list(object({ appid: text, ret_code: number })) },
  order_path_audit_result_notify: {
    list: list(object({ appid: text, audit_id: text, status: number, apply_time: number, audit_time: number, reason: text })),
  },
} as const;
