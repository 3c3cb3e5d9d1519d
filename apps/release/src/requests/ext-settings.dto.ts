import { Type } from 'class-transformer';
import { ArrayMaxSize, IsArray, IsObject, IsOptional, IsString, Matches, ValidateNested } from 'class-validator';
import { AuthorizerPath, ComponentPath, LongPageQuery, PageOf } from '#service';
import { SubmitRelease } from './submit-request.dto.js';

/** One layer: the platform's defaults, or one mini program's own values over them. */
export class ExtSettings {
  /** Values for `{{name}}` in `ext_json`. */
  @IsObject() readonly variables!: Record<string, unknown>;
  /**
   * Names of those that nobody is shown: texts of at least six characters, `***` in every answer. `***` sent back keeps the stored value.
   * Absent: what is secret stays so.
   */
  @IsOptional() @IsArray() @ArrayMaxSize(200) @IsString({ each: true }) readonly secret_variables?: string[];
  /** The `ext_json` to commit when a request gives none; absent: that of the layer below. */
  @IsOptional() @IsObject() readonly ext_json?: Record<string, unknown>;
}

export class ExtSettingsView {
  /** Those that are secret are `***`. */
  readonly variables!: Record<string, unknown>;
  readonly secret_variables!: string[];
  readonly ext_json!: Record<string, unknown> | null;
}

/** What would be committed now, with the variables filled in. */
export class RenderedExtJson {
  readonly ext_json!: Record<string, unknown>;
  /** Names without a value. */
  readonly missing!: string[];
}

export class ProfilePath extends ComponentPath {
  @Matches(/^[a-z0-9][a-z0-9-]{0,63}$/, { message: 'profile must be lower-case letters, digits and hyphens' })
  readonly profile!: string;
}

export class ExtSettingsPath extends AuthorizerPath {}

/** What reviewers are told, reusable; `{{variables}}` are filled in as in `ext_json`. */
export class AuditProfile {
  @IsObject() @ValidateNested() @Type(() => SubmitRelease) readonly audit!: SubmitRelease;
}

export class AuditProfileView {
  readonly name!: string;
  readonly audit!: Record<string, unknown>;
  readonly updated_at!: string;
}

export class ProfileSearch extends LongPageQuery {}

export class AuditProfilePage extends PageOf(AuditProfileView) {}
