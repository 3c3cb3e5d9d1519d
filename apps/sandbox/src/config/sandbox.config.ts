import { readFileSync } from 'node:fs';
import { plainToInstance, Type } from 'class-transformer';
import {
  IsArray,
  IsInt,
  IsOptional,
  IsString,
  Max,
  Min,
  ValidateNested,
  type ValidationError,
  validateSync,
} from 'class-validator';
import { CreateComponent } from '../components/components.dto.js';
import { CreateMerchant } from '../merchants/merchants.dto.js';
import { PatchSettings } from '../state/settings.dto.js';
import { CreateTemplate } from '../templates/templates.dto.js';

class FileTemplate extends CreateTemplate {
  @IsString() component_appid!: string;
}

/** Content of the file that `SANDBOX_CONFIG_FILE` names. */
export class SandboxSetup {
  @IsOptional() @IsArray() @ValidateNested({ each: true }) @Type(() => CreateComponent) components: CreateComponent[] = [];
  @IsOptional() @IsArray() @ValidateNested({ each: true }) @Type(() => CreateMerchant) merchants: CreateMerchant[] = [];
  @IsOptional() @IsArray() @ValidateNested({ each: true }) @Type(() => FileTemplate) templates: FileTemplate[] = [];
  @IsOptional() @ValidateNested() @Type(() => PatchSettings) settings?: PatchSettings;
}

export class SandboxConfig {
  @IsString() SANDBOX_HOST: string = '127.0.0.1';
  @IsInt() @Min(0) @Max(65_535) @Type(() => Number) SANDBOX_PORT: number = 3100;
  @IsOptional() @IsString() SANDBOX_CONFIG_FILE?: string;
  @IsOptional() @IsString() SANDBOX_STATE_FILE?: string;
}

/** @throws Error that names the wrong keys, never their values. */
export function readConfig(environment: NodeJS.ProcessEnv): { config: SandboxConfig; setup: SandboxSetup } {
  const given = Object.fromEntries(
    (['SANDBOX_HOST', 'SANDBOX_PORT', 'SANDBOX_CONFIG_FILE', 'SANDBOX_STATE_FILE'] as const)
      .filter((key) => environment[key])
      .map((key) => [key, environment[key]]),
  );
  const config = checked(SandboxConfig, given, 'environment');
  const file = config.SANDBOX_CONFIG_FILE;
  return { config, setup: file ? readSetup(file) : new SandboxSetup() };
}

function readSetup(file: string): SandboxSetup {
  let parsed: unknown;
  try {
    parsed = JSON.parse(readFileSync(file, 'utf8').replace(/^\uFEFF/, ''));
  } catch (error) {
    throw new Error(
      `SANDBOX_CONFIG_FILE ${file} cannot be read: ${error instanceof SyntaxError ? 'not JSON' : (error as Error).message}`,
    );
  }
  return checked(SandboxSetup, parsed as object, file);
}

function checked<T extends object>(type: new () => T, given: object, where: string): T {
  const value = plainToInstance(type, given);
  const errors = validateSync(value, { whitelist: true, forbidNonWhitelisted: true });
  if (errors.length > 0) throw new Error(`${where}: ${errors.flatMap((error) => reasons(error, '')).join('; ')}`);
  return value;
}

function reasons(error: ValidationError, path: string): string[] {
  const here = `${path}${error.property}`;
  const own = Object.values(error.constraints ?? {}).map((reason) => `${here}: ${reason}`);
  return [...own, ...(error.children ?? []).flatMap((child) => reasons(child, `${here}.`))];
}
