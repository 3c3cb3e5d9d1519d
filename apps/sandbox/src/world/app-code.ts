/** The version slots of one mini program (release reference §0.1). */

export interface CodeVersion {
  user_version: string;
  user_desc: string;
  template_id: number;
  ext_json: string;
  commit_time: number;
}

export interface TrialVersion extends CodeVersion {
  pages: string[];
  scanDoneAt: number;
  without_auth_list: string[];
  without_conf_list: string[];
  submitted: boolean;
}

/** WeChat's own values: 0 approved, 1 rejected, 2 in audit, 3 withdrawn, 4 delayed (still pending). */
export type AuditStatus = 0 | 1 | 2 | 3 | 4;

export interface AuditTicket {
  readonly auditid: number;
  readonly appid: string;
  readonly component_appid: string;
  readonly version: CodeVersion;
  readonly submit_time: number;
  status: AuditStatus;
  reason: string;
  screenshots: string[];
  decided_time?: number;
  sped_up: boolean;
  /** the answer to an earlier rejection, kept only when WeChat would look at it */
  readonly feedback?: string;
}

export interface OnlineVersion extends CodeVersion {
  app_version: number;
  release_time: number;
  /** the ticket it came from; absent after a rollback */
  auditid?: number;
}

export interface GrayPlan {
  status: 0 | 1 | 2 | 3 | 4;
  create_timestamp: number;
  gray_percentage: number;
  support_debuger_first: boolean;
  support_experiencer_first: boolean;
}

export interface AppCode {
  trial?: TrialVersion | undefined;
  /** the audit slot; emptied by a release */
  ticket?: AuditTicket | undefined;
  tickets: AuditTicket[];
  gray?: GrayPlan | undefined;
  online?: OnlineVersion | undefined;
  history: OnlineVersion[];
  revertedSinceRelease: boolean;
  nextAppVersion: number;
  visible: boolean;
  library_version: string;
  undo: { day: string; today: number; month: string; thisMonth: number };
  revert: { day: string; today: number };
}

export const newAppCode = (): AppCode => ({
  tickets: [],
  history: [],
  revertedSinceRelease: false,
  nextAppVersion: 1,
  visible: true,
  library_version: '2.32.3',
  undo: { day: '', today: 0, month: '', thisMonth: 0 },
  revert: { day: '', today: 0 },
});

export const isPending = (ticket: AuditTicket | undefined): boolean => ticket?.status === 2 || ticket?.status === 4;
