/** Shapes of filing-and-certification.md §1; names are WeChat's. Whoever applies sends ids of uploaded papers where a picture is meant. */

/** Of 1.1. `key_name` is the Chinese name of a field. */
export interface FilingAuditLine {
  readonly key_name: string;
  readonly error: string;
  readonly suggest: string;
}

export interface FilingEntrance {
  /** 2 to 6, or 1024 and a bit for each thing that is missing; others may come. */
  readonly status: number;
  readonly is_canceling?: boolean;
  /** 0 the entrance is closed, 1 open. */
  readonly available?: number;
  /** With status 4: 1 waiting for the authority's SMS, 2 done, 3 timed out. */
  readonly sms_verify_status?: number;
  readonly audit_data?: readonly FilingAuditLine[];
}

export interface FilingSubjectType {
  readonly type: number;
  readonly name: string;
  readonly remark?: string;
}

export interface FilingCertificateType extends FilingSubjectType {
  /** The subject type that may use it. */
  readonly subject_type: number;
}

/** 1 province, 2 city, 3 district. */
export interface FilingDistrict {
  readonly type: number;
  /** Text in the form; one SDK has it as a number. */
  readonly code: string | number;
  readonly name: string;
  readonly sub_list?: readonly FilingDistrict[];
}

/** What needs an approval beforehand (前置审批项). */
export interface FilingApprovalType {
  readonly type: number;
  readonly name: string;
}

export interface FilingContentType extends FilingSubjectType {
  /** The form takes only those that have a parent. */
  readonly parent_type: number;
}

export interface FilingPerson {
  readonly name: string;
  readonly mobile: string;
  readonly email?: string;
  readonly emergency_contact?: string;
  readonly certificate_type: number;
  readonly certificate_number: string;
  /** `YYYYmmdd`. */
  readonly certificate_validity_date_start: string;
  /** `YYYYmmdd` or `长期`. */
  readonly certificate_validity_date_end: string;
  readonly certificate_photo_front: string;
  readonly certificate_photo_back?: string;
  /** Where the person is not the legal person. */
  readonly authorization_letter?: string;
}

export interface FilingForm {
  readonly icp_subject: {
    readonly base_info: {
      readonly type: number;
      readonly name: string;
      readonly province: string;
      readonly city: string;
      readonly district: string;
      /** Without province, city and district in front. */
      readonly address: string;
      readonly comment?: string;
    };
    readonly personal_info?: { readonly residence_permit?: string };
    readonly organize_info: {
      readonly certificate_type: number;
      readonly certificate_number: string;
      readonly certificate_address?: string;
      readonly certificate_photo?: string;
    };
    readonly principal_info: FilingPerson;
    readonly legal_person_info?: { readonly name: string; readonly certificate_number: string };
  };
  readonly icp_applets: {
    readonly base_info: {
      readonly service_content_types: readonly number[];
      readonly nrlx_details: readonly { readonly type: number; readonly code?: string; readonly media?: string }[];
      /** 20 to 200 characters. */
      readonly comment: string;
    };
    readonly principal_info: FilingPerson & { readonly verify_task_id: string };
  };
  /** Lists of media ids, by the name of the paper. */
  readonly icp_materials?: Readonly<Record<string, readonly string[]>>;
}

/** What is wrong with one field; the diagnosis of 86202. */
export interface FilingHint {
  readonly errcode: number;
  readonly err_field: string;
  readonly errmsg: string;
}

export interface FilingVerifyTask {
  readonly task_id: string;
  /** Only of both in one. */
  readonly verify_url?: string;
}

export interface FilingVerifyResult {
  /** Only then `face_status` is final. */
  readonly is_finish: boolean;
  /** 0 not started, 1 waiting, 2 failed, 3 passed. */
  readonly face_status: number;
  /** Of both in one; 9: the SMS was passed. */
  readonly along_with_auth_result?: number;
}

/** What is filed, without media. */
export interface OnlineFiling {
  readonly icp_subject?: Readonly<Record<string, unknown>>;
  /** A list by the page, an object in two SDKs. */
  readonly icp_applets?: readonly Readonly<Record<string, unknown>>[] | Readonly<Record<string, unknown>>;
}
