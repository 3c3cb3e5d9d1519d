import { plainToInstance, Type } from 'class-transformer';
import {
  ArrayMinSize,
  Equals,
  IsArray,
  IsBoolean,
  IsIn,
  IsInt,
  IsISO8601,
  IsNumber,
  IsObject,
  IsOptional,
  IsString,
  Length,
  Matches,
  Max,
  Min,
  ValidateNested,
  validateSync,
} from 'class-validator';
import { APPID } from '../config/appid.js';
import { parseNetworks } from '../config/caller-address.js';
import { problemsIn, readDocument } from '../config/json-document.js';
import { ConfigError } from '../config/load-config.js';
import { isLocal } from '../config/secure-url.js';
import { BUILT_IN_ROLES, PERMISSIONS } from '../permissions/permissions.js';

/** Signatures that only the issuer can make: none of those whose key the checker has as well. */
export const ALGORITHMS = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512', 'EdDSA'] as const;

const WORD = /^[a-z0-9][a-z0-9:._-]{0,63}$/;
const TEXTS = { each: true, message: 'must be texts of 1 to 255 characters' };

/** Who signs tokens that are believed, and which of them. */
export class IssuerSettings {
  /** What bindings call it. */
  @Matches(WORD, { message: 'must be a word of small letters, digits and -' }) readonly name!: string;
  /** Exactly what `iss` says. */
  @IsString() @Length(1, 255) readonly issuer!: string;
  /** `oidc`: its subjects are persons; the others are workloads. */
  @IsIn(['oidc', 'kubernetes', 'ci'], { message: 'must be oidc, kubernetes or ci' }) readonly kind!: 'oidc' | 'kubernetes' | 'ci';
  /** Where its public keys are: one of the two. */
  @IsOptional() @IsString() readonly jwks_uri?: string;
  @IsOptional() @IsString() readonly jwks_file?: string;
  /** Certificates (PEM) to check the server of `jwks_uri` against. */
  @IsOptional() @IsString() readonly ca_file?: string;
  /** A token for that server, such as the pod's own for Kubernetes. */
  @IsOptional() @IsString() readonly token_file?: string;
  /** `aud` must be one of these, and nothing else. */
  @IsArray() @ArrayMinSize(1) @IsString(TEXTS) @Length(1, 255, TEXTS) readonly audiences!: string[];
  @IsArray()
  @ArrayMinSize(1)
  @IsIn(ALGORITHMS, { each: true, message: `must be some of ${ALGORITHMS.join(', ')}` })
  readonly algorithms!: string[];
  /** A token that lives longer is refused. */
  @IsInt() @Min(60) @Max(86_400) readonly max_life_s: number = 3_600;
  /** Who it is, of the token's claims: `{project_path}@{ref}`. */
  @IsOptional() @IsString() @Length(1, 255) readonly subject?: string;
  /** The claim that people read, such as `email`. */
  @IsOptional() @IsString() @Length(1, 64) readonly display_name?: string;
  /** The claim that is the same for all accounts of one person, such as a number of the staff. */
  @IsOptional() @IsString() @Length(1, 64) readonly person_id?: string;
  /** The claim with the groups. */
  @IsString() @Length(1, 64) readonly groups: string = 'groups';
  /** Claims, and what each must be; `*` stands for any text. */
  @IsOptional() @IsObject() readonly require?: Record<string, string>;
  /** Claims that show a second factor; a list needs one entry that fits. Absent: `amr` with `mfa`, `otp` or `hwk`. */
  @IsOptional() @IsObject() readonly mfa?: Record<string, string>;
  /** Of each caller. */
  @IsOptional() @IsNumber() @Min(0.1) @Max(100_000) readonly rate_limit_per_s?: number;
}

/** Somebody: of an issuer, by subject or by group. */
class Who {
  @IsString() readonly issuer!: string;
  /** `*` stands for any text. */
  @IsOptional() @IsArray() @ArrayMinSize(1) @IsString(TEXTS) @Length(1, 255, TEXTS) readonly subjects?: string[];
  @IsOptional() @IsArray() @ArrayMinSize(1) @IsString(TEXTS) @Length(1, 255, TEXTS) readonly groups?: string[];
}

const APPIDS = { each: true, message: 'must be appids' };

class Boundary {
  @IsOptional() @IsArray() @ArrayMinSize(1) @Matches(APPID, APPIDS) readonly components?: string[];
  @IsOptional() @IsArray() @ArrayMinSize(1) @Matches(APPID, APPIDS) readonly merchants?: string[];
  /** Mini programs that have one of these tags now. */
  @IsOptional() @IsArray() @ArrayMinSize(1) @IsString(TEXTS) @Length(1, 64, TEXTS) readonly tags?: string[];
}

class Condition {
  /** The token shows a second factor. */
  @IsOptional() @IsBoolean() @Equals(true, { message: 'must be true, or be left out' }) readonly mfa?: true;
  @IsOptional() @IsArray() @ArrayMinSize(1) @IsString(TEXTS) readonly networks?: string[];
  @IsOptional() @IsISO8601({ strict: true }, { message: 'must be a time such as 2026-12-31T00:00:00Z' }) readonly until?: string;
}

export class BindingSettings {
  @ValidateNested() @IsObject() @Type(() => Who) readonly who!: Who;
  @IsArray() @ArrayMinSize(1) @IsString(TEXTS) readonly roles!: string[];
  @IsOptional() @IsObject() @ValidateNested() @Type(() => Boundary) readonly boundary?: Boundary;
  @IsOptional() @IsObject() @ValidateNested() @Type(() => Condition) readonly condition?: Condition;
}

export class IdentityFile {
  @IsArray() @ValidateNested({ each: true }) @Type(() => IssuerSettings) readonly issuers!: IssuerSettings[];
  /** Roles of one's own: lists of permissions. */
  @IsOptional() @IsObject() readonly roles?: Record<string, string[]>;
  @IsArray() @ValidateNested({ each: true }) @Type(() => BindingSettings) readonly bindings!: BindingSettings[];
}

export interface IdentitySource {
  readonly WXPLANE_IDENTITY_FILE?: string;
  readonly WXPLANE_IDENTITY?: string;
}

/**
 * Who is believed besides client keys, and what each may do.
 * @returns `undefined`: nobody
 * @throws ConfigError that names what is wrong, and where
 */
export function loadIdentity(source: IdentitySource): IdentityFile | undefined {
  const key = source.WXPLANE_IDENTITY_FILE ? 'WXPLANE_IDENTITY_FILE' : 'WXPLANE_IDENTITY';
  const given = source[key];
  if (!given) return undefined;
  const file = plainToInstance(IdentityFile, readDocument(key, given, '{"issuers": […], "bindings": […]}'), {
    exposeDefaultValues: true,
  });
  const errors = validateSync(file, {
    whitelist: true,
    forbidNonWhitelisted: true,
    validationError: { target: false, value: false },
  });
  const problems = problemsIn(errors).map(({ path, problem }) => `${path}: ${problem}`);
  if (problems.length === 0) problems.push(...contradictions(file));
  if (problems.length > 0) throw new ConfigError(problems.map((problem) => ({ key, problem })));
  return file;
}

/** What each member alone does not show. */
function contradictions({ issuers, roles = {}, bindings }: IdentityFile): string[] {
  const problems: string[] = [];
  for (const [index, issuer] of issuers.entries()) {
    const at = `issuers[${index}]`;
    if ((issuer.jwks_uri === undefined) === (issuer.jwks_file === undefined))
      problems.push(`${at}: needs jwks_uri or jwks_file, one of them`);
    if (issuer.jwks_uri !== undefined && !isTrustworthy(issuer.jwks_uri)) problems.push(`${at}.jwks_uri: must be https`);
    for (const member of ['require', 'mfa'] as const)
      for (const [claim, pattern] of Object.entries(issuer[member] ?? {}))
        if (typeof pattern !== 'string')
          problems.push(`${at}.${member}.${claim}: must be a text, in which * stands for any text`);
    if (issuer.kind !== 'oidc' && issuer.person_id !== undefined)
      problems.push(`${at}.person_id: a workload is no person; only for the kind oidc`);
    if (issuers.findIndex((other) => other.issuer === issuer.issuer || other.name === issuer.name) < index)
      problems.push(`${at}: the same issuer or name stands twice`);
  }
  for (const [name, permissions] of Object.entries(roles)) {
    if (!WORD.test(name)) problems.push(`roles: "${name}" must be a word of small letters, digits and -`);
    else if (Object.hasOwn(BUILT_IN_ROLES, name)) problems.push(`roles.${name}: is a built-in role`);
    if (!Array.isArray(permissions)) problems.push(`roles.${name}: must be a list of permissions`);
    else
      for (const permission of permissions)
        if (!Object.hasOwn(PERMISSIONS, String(permission)))
          problems.push(`roles.${name}: there is no permission "${permission}"`);
  }
  for (const [index, { who, roles: given, condition }] of bindings.entries()) {
    const at = `bindings[${index}]`;
    const issuer = issuers.find(({ name }) => name === who.issuer);
    if (!issuer) problems.push(`${at}.who.issuer: there is no issuer named "${who.issuer}"`);
    if (!who.subjects && !who.groups) problems.push(`${at}.who: needs subjects or groups`);
    for (const role of given)
      if (!Object.hasOwn(BUILT_IN_ROLES, role) && !Object.hasOwn(roles, role))
        problems.push(`${at}.roles: there is no role "${role}"`);
    if (condition?.networks && !parseNetworks(condition.networks))
      problems.push(`${at}.condition.networks: must be networks such as 10.1.0.0/16`);
    if (condition?.mfa && issuer && issuer.kind !== 'oidc')
      problems.push(`${at}.condition.mfa: only persons have a second factor`);
  }
  return problems;
}

/** Whoever can change the keys on their way is whoever he likes. */
const isTrustworthy = (uri: string): boolean =>
  URL.canParse(uri) && (new URL(uri).protocol === 'https:' || (new URL(uri).protocol === 'http:' && isLocal(new URL(uri))));
