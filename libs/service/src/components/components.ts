import { plainToInstance, Type } from 'class-transformer';
import {
  ArrayMaxSize,
  ArrayMinSize,
  IsArray,
  IsOptional,
  IsString,
  Length,
  Matches,
  ValidateIf,
  ValidateNested,
  validateSync,
} from 'class-validator';
import { problemsIn, readDocument } from '../config/json-document.js';
import { ConfigError } from '../config/load-config.js';
import { DomainError } from '../http/problems.js';
import { IsTwoPerson, policyOf, type TwoPersonPolicy, type TwoPersonSettings } from './two-person.js';

const PLACEHOLDER = /^(.)\1+$|change.?me|secret|example|todo|xxxx/i;

const SECRET_FORM = 'must be 16 to 128 characters';

/** The fields that are secrets: each app is given those that it needs, and forgets others that stand in its file. */
export const SECRET_FIELDS = ['component_appsecret', 'push_tokens', 'encoding_aes_keys'] as const;
export type SecretField = (typeof SECRET_FIELDS)[number];

const MISSING: Readonly<Record<SecretField, string>> = {
  component_appsecret: SECRET_FORM,
  push_tokens: 'must have one or two entries',
  encoding_aes_keys: 'must have one or two entries',
};

/** Whether a field stands in the document; what it may be is the other decorators' matter. */
const given = (field: SecretField) => (component: ComponentSettings) => {
  const value: unknown = component[field];
  return !(Array.isArray(value) && value.length === 0) && value !== undefined && value !== '';
};

/** One third-party platform (component) that this deployment serves. */
export interface Component {
  readonly componentAppid: string;
  readonly appSecret: string;
  /** The current one, then the previous one while it is rotated; as are the keys. */
  readonly pushTokens: readonly string[];
  readonly encodingAesKeys: readonly string[];
  readonly name?: string | undefined;
  readonly company?: string | undefined;
  readonly contact?: string | undefined;
  readonly logoUrl?: string | undefined;
  /** What its owner wants of a second person; absent: nothing. */
  readonly twoPerson?: 'required' | TwoPersonSettings | undefined;
}

/** The same, as the components file has it. */
class ComponentSettings {
  @Matches(/^wx[0-9a-zA-Z]{16}$/, { message: 'must be "wx" and 16 letters or digits' }) readonly component_appid!: string;
  /** What merchants read on the launch page: who asks, the company behind it, how to reach it. */
  @IsOptional() @IsString() @Length(1, 64) readonly name?: string;
  @IsOptional() @IsString() @Length(1, 100) readonly company?: string;
  @IsOptional() @IsString() @Length(1, 200) readonly contact?: string;
  /** The picture itself: the page loads nothing from elsewhere. */
  @IsOptional()
  @Length(22, 100_000)
  @Matches(/^data:image\/(png|jpeg|webp|svg\+xml);base64,[A-Za-z0-9+/]+=*$/, {
    message: 'must be a picture as data:image/png;base64,… (also jpeg, webp, svg+xml), at most 100,000 characters',
  })
  readonly logo_url?: string;
  /** `''` in an app that does not need it. */
  @ValidateIf(given('component_appsecret'))
  @Length(16, 128, { message: SECRET_FORM })
  readonly component_appsecret: string = '';
  /** 消息校验Token: the current one, then the previous one while it is rotated. Empty in an app that does not need it. */
  @ValidateIf(given('push_tokens'))
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(2)
  @Matches(/^[A-Za-z0-9]{3,32}$/, { each: true, message: 'must be 3 to 32 letters or digits' })
  readonly push_tokens: string[] = [];
  /** 消息加解密Key (EncodingAESKey): the current one, then the previous one while it is rotated. Empty in an app that does not need it. */
  @ValidateIf(given('encoding_aes_keys'))
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(2)
  @Matches(/^[A-Za-z0-9]{43}$/, { each: true, message: 'must be exactly 43 letters or digits' })
  readonly encoding_aes_keys: string[] = [];
  /**
   * `required`, or an object that says more: whatever a request asks for, somebody else than its makers has to agree before it takes effect,
   * and nothing that changes a mini program goes past that through the proxy. See two-person.ts.
   */
  @IsOptional() @IsTwoPerson() readonly two_person?: 'required' | TwoPersonSettings;
}

class ComponentsFile {
  @IsArray()
  @ArrayMinSize(1, { message: 'must name at least one component' })
  @ValidateNested({ each: true })
  @Type(() => ComponentSettings)
  readonly components!: ComponentSettings[];
}

/** The components of this deployment, by appid. */
export class ComponentRegistry {
  private readonly byAppid: ReadonlyMap<string, Component>;

  constructor(readonly all: readonly Component[]) {
    this.byAppid = new Map(all.map((component) => [component.componentAppid, component]));
  }

  find(componentAppid: string): Component | undefined {
    return this.byAppid.get(componentAppid);
  }

  /** Whether the component's owner wants a second person, whatever a request says. */
  requiresSecondPerson(componentAppid: string): boolean {
    return this.find(componentAppid)?.twoPerson !== undefined;
  }

  /** What the component's owner wants of a second person; without a word of theirs, what holds where a request asks for one. */
  twoPersonPolicy(componentAppid: string): TwoPersonPolicy {
    return policyOf(this.find(componentAppid)?.twoPerson);
  }

  /** @throws DomainError `component-unknown` */
  require(componentAppid: string): Component {
    const component = this.find(componentAppid);
    if (!component) throw new DomainError('component-unknown', `This deployment does not serve ${componentAppid}.`);
    return component;
  }
}

/**
 * Reads the components from the mounted file, or from the variable itself.
 * @param needed the secret fields that each component must have here
 * @param kept those that are kept; others that stand there are forgotten
 * @throws ConfigError that names the key inside the document, never a value.
 */
export function loadComponents(
  source: { WXPLANE_COMPONENTS_FILE?: string; WXPLANE_COMPONENTS?: string },
  needed: readonly SecretField[] = SECRET_FIELDS,
  kept: readonly SecretField[] = needed,
): ComponentRegistry {
  const key = source.WXPLANE_COMPONENTS_FILE ? 'WXPLANE_COMPONENTS_FILE' : 'WXPLANE_COMPONENTS';
  if (!source[key]) throw new ConfigError([{ key, problem: 'is not set (or give WXPLANE_COMPONENTS_FILE)' }]);
  const document = readDocument(key, source[key], '{"components": […]}');
  const file = plainToInstance(ComponentsFile, document);
  const errors = validateSync(file, {
    whitelist: true,
    forbidNonWhitelisted: true,
    validationError: { target: false, value: false },
  });
  const problems = problemsIn(errors).map(({ path, problem }) => ({ key, problem: `${path}: ${problem}` }));
  if (problems.length === 0) {
    for (const [index, component] of file.components.entries()) {
      const place = `components[${index}]`;
      for (const field of needed)
        if (!given(field)(component)) problems.push({ key, problem: `${place}.${field}: ${MISSING[field]}` });
      if (PLACEHOLDER.test(component.component_appsecret))
        problems.push({ key, problem: `${place}.component_appsecret: is a placeholder` });
      for (const aesKey of component.encoding_aes_keys) {
        if (/^(.)\1+$/.test(aesKey)) problems.push({ key, problem: `${place}.encoding_aes_keys: is a placeholder` });
      }
    }
    const appids = file.components.map((component) => component.component_appid);
    if (new Set(appids).size !== appids.length)
      problems.push({ key, problem: 'components: the same component_appid stands twice' });
  }
  if (problems.length > 0) throw new ConfigError(problems);
  return new ComponentRegistry(file.components.map((component) => fromSettings(only(component, kept))));
}

function only(component: ComponentSettings, kept: readonly SecretField[]): ComponentSettings {
  const has = (field: SecretField) => kept.includes(field);
  return {
    ...component,
    component_appsecret: has('component_appsecret') ? component.component_appsecret : '',
    push_tokens: has('push_tokens') ? component.push_tokens : [],
    encoding_aes_keys: has('encoding_aes_keys') ? component.encoding_aes_keys : [],
  };
}

const fromSettings = (settings: ComponentSettings): Component => ({
  componentAppid: settings.component_appid,
  appSecret: settings.component_appsecret,
  pushTokens: settings.push_tokens,
  encodingAesKeys: settings.encoding_aes_keys,
  name: settings.name,
  company: settings.company,
  contact: settings.contact,
  logoUrl: settings.logo_url,
  twoPerson: settings.two_person,
});
