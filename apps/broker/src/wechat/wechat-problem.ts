import { DomainError } from '#service';
import { PermissionSetMissingError, type WechatApiError } from '#wechat';

/** Which problem an error of WeChat is for our callers. */
export function problemCodeOf(
  error: WechatApiError,
): 'permission-set-missing' | 'wechat-quota' | 'wechat-refused' | 'wechat-unreachable' {
  if (error instanceof PermissionSetMissingError) return 'permission-set-missing';
  const { kind, refusal } = error;
  if (kind !== 'errcode') return 'wechat-unreachable';
  return refusal?.quotaExhausted ? 'wechat-quota' : 'wechat-refused';
}

/** An error of WeChat as our callers see it, with all that its answer said, and whether the call may have taken effect. @param detail what did not come about */
export function wechatProblem(error: WechatApiError, detail: string): DomainError {
  if (error instanceof PermissionSetMissingError) return permissionSetMissing(error);
  const { errcode, errmsg, rid, details, api, kind, httpStatus, maybeExecuted, remedy } = error;
  const wechat = {
    errcode,
    errmsg,
    rid,
    ...(details ? { details } : {}),
    api,
    kind,
    ...(httpStatus === undefined ? {} : { http_status: httpStatus }),
    maybe_executed: maybeExecuted,
  };
  return new DomainError(problemCodeOf(error), detail, { wechat, remedy, cause: error });
}

/** WeChat was not asked. */
const permissionSetMissing = (error: PermissionSetMissingError): DomainError =>
  new DomainError('permission-set-missing', `${error.errmsg}.`, {
    remedy: error.remedy,
    members: { permission_sets: error.sets },
    cause: error,
  });
