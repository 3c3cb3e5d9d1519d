import { ERROR_TEXTS } from './error-texts.js';

/** The same number for another thing (errors reference §1). */
const TEXTS_BY_PATH: Readonly<Record<string, Readonly<Record<number, string>>>> = {
  '/wxa/icp/get_online_icp_order': { 86328: 'resource not found' },
};

/** An answer with `errcode`; thrown by handlers, turned into HTTP 200 by the dispatcher. */
export class ApiError extends Error {
  constructor(
    readonly errcode: number,
    detail?: string,
    /** What the answer says besides. */
    readonly body: Readonly<Record<string, unknown>> = {},
    path = '',
  ) {
    const text = TEXTS_BY_PATH[path]?.[errcode] ?? ERROR_TEXTS[errcode] ?? 'error';
    super(detail ? `${text} ${detail}` : text);
  }
}

export function refuse(
  condition: unknown,
  errcode: number,
  detail?: string,
): asserts condition is false | '' | 0 | null | undefined {
  if (condition) throw new ApiError(errcode, detail);
}
