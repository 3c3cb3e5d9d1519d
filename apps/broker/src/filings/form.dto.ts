import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  ArrayMinSize,
  IsArray,
  IsEmail,
  IsInt,
  IsObject,
  IsOptional,
  IsString,
  Length,
  Matches,
  Max,
  MaxLength,
  Min,
  ValidateNested,
} from 'class-validator';

const MEDIA = 512;
const DAY = /^\d{8}$/;
const MOST_TYPE = 1_000_000;

export class FilingPersonBody {
  @IsString() @Length(1, 64) readonly name!: string;
  @IsString() @Matches(/^[+\d][\d-]{4,31}$/, { message: 'mobile must be a telephone number' }) readonly mobile!: string;
  @IsOptional() @IsEmail() @MaxLength(128) readonly email?: string;
  /** Another telephone number. */
  @IsOptional()
  @IsString()
  @Matches(/^[+\d][\d-]{4,31}$/, { message: 'emergency_contact must be a telephone number' })
  readonly emergency_contact?: string;
  /** Of the certificate types of a person. */
  @IsInt() @Min(0) @Max(MOST_TYPE) readonly certificate_type!: number;
  @IsString() @Length(1, 64) readonly certificate_number!: string;
  /** `YYYYmmdd`. */
  @Matches(DAY, { message: 'certificate_validity_date_start must be YYYYmmdd' })
  readonly certificate_validity_date_start!: string;
  /** `YYYYmmdd` or `长期`. */
  @Matches(/^(\d{8}|长期)$/, { message: 'certificate_validity_date_end must be YYYYmmdd or 长期' })
  readonly certificate_validity_date_end!: string;
  /** Media id. */
  @IsString() @Length(1, MEDIA) readonly certificate_photo_front!: string;
  /** Media id. */
  @IsOptional() @IsString() @Length(1, MEDIA) readonly certificate_photo_back?: string;
  /** Media id; where this is not the legal person. */
  @IsOptional() @IsString() @Length(1, MEDIA) readonly authorization_letter?: string;
}

export class FilingAppPersonBody extends FilingPersonBody {
  /** `task_id` of a face check that was passed. */
  @IsString() @Length(1, 128) readonly verify_task_id!: string;
}

export class FilingSubjectBase {
  /** Of the subject types. */
  @IsInt() @Min(0) @Max(MOST_TYPE) readonly type!: number;
  @IsString() @Length(1, 128) readonly name!: string;
  @Matches(/^\d{6}$/, { message: 'province must be a code of six digits' }) readonly province!: string;
  @Matches(/^\d{6}$/, { message: 'city must be a code of six digits' }) readonly city!: string;
  @Matches(/^\d{6}$/, { message: 'district must be a code of six digits' }) readonly district!: string;
  /** Without province, city and district in front. */
  @IsString() @Length(1, 256) readonly address!: string;
  @IsOptional() @IsString() @MaxLength(512) readonly comment?: string;
}

export class FilingPersonalInfo {
  /** Media id: proof of residence of a person from another province. */
  @IsOptional() @IsString() @Length(1, MEDIA) readonly residence_permit?: string;
}

export class FilingOrganization {
  @IsInt() @Min(0) @Max(MOST_TYPE) readonly certificate_type!: number;
  @IsString() @Length(1, 64) readonly certificate_number!: string;
  @IsOptional() @IsString() @MaxLength(256) readonly certificate_address?: string;
  /** Media id; needed for organizations. */
  @IsOptional() @IsString() @Length(1, MEDIA) readonly certificate_photo?: string;
}

export class FilingLegalPerson {
  @IsString() @Length(1, 64) readonly name!: string;
  @IsString() @Length(1, 64) readonly certificate_number!: string;
}

export class FilingSubject {
  @IsObject() @ValidateNested() @Type(() => FilingSubjectBase) readonly base_info!: FilingSubjectBase;
  @IsOptional() @IsObject() @ValidateNested() @Type(() => FilingPersonalInfo) readonly personal_info?: FilingPersonalInfo;
  /** Persons repeat here what stands in `principal_info`. */
  @IsObject() @ValidateNested() @Type(() => FilingOrganization) readonly organize_info!: FilingOrganization;
  @IsObject() @ValidateNested() @Type(() => FilingPersonBody) readonly principal_info!: FilingPersonBody;
  /** Of organizations whose responsible person is another one. */
  @IsOptional() @IsObject() @ValidateNested() @Type(() => FilingLegalPerson) readonly legal_person_info?: FilingLegalPerson;
}

export class FilingApproval {
  @IsInt() @Min(0) @Max(MOST_TYPE) readonly type!: number;
  @IsOptional() @IsString() @Length(1, 128) readonly code?: string;
  /** Media id. */
  @IsOptional() @IsString() @Length(1, MEDIA) readonly media?: string;
}

export class FilingAppBase {
  /** Second-level ones, at most five. */
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(5)
  @IsInt({ each: true })
  @Min(0, { each: true })
  @Max(MOST_TYPE, { each: true })
  readonly service_content_types!: number[];
  /** What needs an approval beforehand; the entry for none has to be there when there is none. */
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(50)
  @ValidateNested({ each: true })
  @Type(() => FilingApproval)
  readonly nrlx_details!: FilingApproval[];
  /** What the mini program does, in 20 to 200 characters. It weighs in the decision. */
  @IsString() @Length(1, 512) readonly comment!: string;
}

export class FilingApplet {
  @IsObject() @ValidateNested() @Type(() => FilingAppBase) readonly base_info!: FilingAppBase;
  @IsObject() @ValidateNested() @Type(() => FilingAppPersonBody) readonly principal_info!: FilingAppPersonBody;
}

const Papers =
  (most: number): PropertyDecorator =>
  (target, name) => {
    for (const decorate of [
      IsOptional(),
      IsArray(),
      ArrayMaxSize(most),
      IsString({ each: true }),
      Length(1, MEDIA, { each: true }),
    ])
      decorate(target, name);
  };

/** Lists of media ids. Which are needed depends on the province. */
export class FilingMaterials {
  @Papers(1) readonly commitment_letter?: string[];
  @Papers(1) readonly business_name_change_letter?: string[];
  @Papers(1) readonly party_building_confirmation_letter?: string[];
  @Papers(1) readonly promise_video?: string[];
  @Papers(1) readonly authenticity_responsibility_letter?: string[];
  @Papers(1) readonly authenticity_commitment_letter?: string[];
  @Papers(1) readonly website_construction_proposal?: string[];
  @Papers(1) readonly holding_certificate_photo?: string[];
  @Papers(10) readonly subject_other_materials?: string[];
  @Papers(10) readonly applets_other_materials?: string[];
}

/** As WeChat names everything. */
export class FilingFormBody {
  @IsObject() @ValidateNested() @Type(() => FilingSubject) readonly icp_subject!: FilingSubject;
  @IsObject() @ValidateNested() @Type(() => FilingApplet) readonly icp_applets!: FilingApplet;
  @IsOptional() @IsObject() @ValidateNested() @Type(() => FilingMaterials) readonly icp_materials?: FilingMaterials;
}
