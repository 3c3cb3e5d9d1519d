import { IsOptional, IsString, Length, MaxLength } from 'class-validator';
import { AuthorizerPath, Checked, IsAppid, PageOf } from '#service';

export class ApplyPlugin {
  @IsAppid() @Checked('none: a plugin is no merchant’s account') readonly plugin_appid!: string;
  /** For its developer, who may have to agree. */
  @IsOptional() @IsString() @MaxLength(200) readonly reason?: string;
}

export class PluginPath extends AuthorizerPath {
  @IsAppid() readonly plugin_appid!: string;
}

export class UpdatePlugin {
  @IsString() @Length(1, 64) readonly user_version!: string;
}

export class PluginView {
  readonly plugin_appid!: string;
  readonly nickname!: string | null;
  readonly state!: 'applying' | 'usable' | 'refused' | 'timed-out' | 'unknown';
  readonly head_image_url!: string | null;
}

export class PluginPage extends PageOf(PluginView) {}
