export type Result = 'ok' | 'warn' | 'fail';

/** One thing that was looked at. */
export interface Finding {
  /** `configuration`, `database`, `redis`, `clock`, `wechat`, `ticket`, `keys`, `clients`, `progress`. */
  readonly area: string;
  readonly result: Result;
  /** What is so; never a secret. */
  readonly detail: string;
  /** What to do, unless it is well. */
  readonly remedy?: string;
  /** It stays so until somebody acts: waiting is in vain. */
  readonly lasting?: true;
  /** The component it is about. */
  readonly component_appid?: string;
}

type More = Pick<Finding, 'component_appid' | 'lasting'>;
/** For what does not heal by itself. */
export const LASTING = { lasting: true } as const;

export const ok = (area: string, detail: string, more: More = {}): Finding => ({ area, result: 'ok', detail, ...more });
export const warn = (area: string, detail: string, remedy: string, more: More = {}): Finding => ({
  area,
  result: 'warn',
  detail,
  remedy,
  ...more,
});
export const fail = (area: string, detail: string, remedy: string, more: More = {}): Finding => ({
  area,
  result: 'fail',
  detail,
  remedy,
  ...more,
});

/** Whether looking again later may find less that fails: nothing of it needs somebody first. */
export const mayHeal = (findings: readonly Finding[]) =>
  findings.every(({ result, lasting }) => result !== 'fail' || lasting !== true);

/** The worst of them. */
export function worst(findings: readonly Finding[]): Result {
  const results = findings.map(({ result }) => result);
  return results.includes('fail') ? 'fail' : results.includes('warn') ? 'warn' : 'ok';
}
