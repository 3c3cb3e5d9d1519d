/** Shapes of mini-program-release.md §2; names are WeChat's, its misspellings included. */

export interface CommitBody {
  readonly template_id: number;
  /** JSON as a text, `"{}"` for none. */
  readonly ext_json: string;
  /** At most 64 characters. */
  readonly user_version: string;
  readonly user_desc: string;
}

export interface AuditItem {
  /** A page of the trial version, without leading slash. */
  readonly address?: string;
  /** At most 10, separated by spaces, each at most 20 characters. */
  readonly tag?: string;
  readonly first_class: string;
  readonly second_class: string;
  readonly third_class?: string;
  readonly first_id: number;
  readonly second_id: number;
  readonly third_id?: number;
  /** At most 32 characters. */
  readonly title?: string;
}

export interface UgcDeclare {
  /** 0 none, 1 profile, 2 image, 3 video, 4 text, 5 audio. */
  readonly scene?: readonly number[];
  readonly other_scene_desc?: string;
  /** 1 WeChat's content security, 2 another product, 3 people, 4 none. */
  readonly method?: readonly number[];
  readonly has_audit_team?: 0 | 1;
  readonly audit_desc?: string;
}

export interface SubmitAuditBody {
  readonly item_list?: readonly AuditItem[];
  readonly preview_info?: { readonly video_id_list?: readonly string[]; readonly pic_id_list?: readonly string[] };
  readonly version_desc?: string;
  /** Read by WeChat only after a rejection. At most 200 characters. */
  readonly feedback_info?: string;
  /** Media ids joined by `|`, at most 5. */
  readonly feedback_stuff?: string;
  readonly ugc_declare?: UgcDeclare;
  readonly privacy_api_not_use?: boolean;
  readonly order_path?: string;
}

export interface AuditStatusAnswer {
  /** WeChat's: 0 approved, 1 rejected, 2 in audit, 3 withdrawn, 4 delayed. See `readAuditStatus`. */
  readonly status: number;
  /** Untrusted HTML; for 1 and 4. */
  readonly reason?: string;
  /** Media ids joined by `|`. */
  readonly screenshot?: string;
}

export interface LatestAuditAnswer extends AuditStatusAnswer {
  /** Was once seen empty, then it is absent here. */
  readonly auditid?: number;
  readonly user_version?: string;
  readonly user_desc?: string;
  /** Unix seconds. */
  readonly submit_audit_time?: number;
}

export interface CategoryChoice {
  readonly first_class: string;
  readonly second_class: string;
  readonly third_class?: string;
  readonly first_id: number;
  readonly second_id: number;
  readonly third_id?: number;
}

export interface CodePrivacyInfo {
  /** Used APIs for which the app has no permission. */
  readonly without_auth_list: readonly string[];
  /** Used APIs that `requiredPrivateInfos` does not declare. */
  readonly without_conf_list: readonly string[];
}

export interface AuditQuota {
  readonly rest: number;
  readonly limit: number;
  readonly speedup_rest: number;
  readonly speedup_limit: number;
}

export interface HistoryVersion {
  readonly app_version: number;
  readonly user_version: string;
  readonly user_desc: string;
  /** Unix seconds. */
  readonly commit_time: number;
}

export interface GrayReleaseBody {
  /** 0 to 100, higher than the last one; 0 needs one of the flags. */
  readonly gray_percentage: number;
  readonly support_debuger_first?: boolean;
  readonly support_experiencer_first?: boolean;
}

export interface GrayReleasePlan {
  /** 0 initial, 1 running, 2 paused, 3 finished, 4 deleted. */
  readonly status: number;
  readonly create_timestamp?: number;
  readonly gray_percentage?: number;
  readonly support_debuger_first?: boolean;
  readonly support_experiencer_first?: boolean;
}

export interface VersionInfo {
  /** Absent when nothing was committed. */
  readonly exp_info?: { readonly exp_time: number; readonly exp_version: string; readonly exp_desc: string };
  /** Absent when nothing was ever released. */
  readonly release_info?: { readonly release_time: number; readonly release_version: string; readonly release_desc: string };
}

export interface SupportVersion {
  readonly now_version: string;
  readonly uv_info?: { readonly items: readonly { readonly version: string; readonly percentage: number }[] };
}

/** A file to upload. WeChat wants its length in advance, hence `size`. */
export interface UploadFile {
  readonly filename: string;
  readonly contentType: string;
  /** Bytes. */
  readonly size: number;
  readonly data: Buffer | AsyncIterable<Uint8Array>;
}
