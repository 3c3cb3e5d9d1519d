import 'reflect-metadata';
import { plainToInstance, Transform } from 'class-transformer';
import { IsBoolean, validateSync } from 'class-validator';
import { SecretFileError, secretSetting } from '#persistence';

/** The configuration is not usable. The message names each key and what is wrong, never a value. */
export class ConfigError extends Error {
  constructor(readonly problems: readonly { readonly key: string; readonly problem: string }[]) {
    super(problems.map(({ key, problem }) => `${key}: ${problem}`).join('; '));
  }
}

/**
 * Reads a configuration class from environment variables: one property per variable, named alike, checked by class-validator.
 * An empty variable counts as not set. What is marked `@Secret()` may stand in a file instead, which `<name>_FILE` names.
 * @throws ConfigError
 */
export function loadConfig<T extends object>(shape: new () => T, env: Readonly<Record<string, string | undefined>>): T {
  const set = { ...env, ...secretsFromFiles(shape, env) };
  const given = Object.fromEntries(Object.entries(set).filter(([, value]) => value !== undefined && value !== ''));
  const config = plainToInstance(shape, given, { enableImplicitConversion: true, exposeDefaultValues: true });
  // `target` and `value` would carry secrets into the error.
  const errors = validateSync(config, { whitelist: true, validationError: { target: false, value: false } });
  if (errors.length > 0) {
    throw new ConfigError(
      errors.map((error) => ({
        key: error.property,
        problem:
          given[error.property] === undefined
            ? 'is not set'
            : Object.values(error.constraints ?? {})
                .map((text) => text.replace(`${error.property} `, ''))
                .join(', '),
      })),
    );
  }
  return config;
}

const secrets = new WeakMap<object, string[]>();

/** The setting may stand in a file instead. */
export function Secret(): PropertyDecorator {
  return (target, property) => void secrets.set(target, [...(secrets.get(target) ?? []), String(property)]);
}

/** The secret settings of a configuration class, its parents' included. */
export function secretsOf(shape: new () => object): string[] {
  const names: string[] = [];
  for (let of: object | null = shape.prototype; of !== null; of = Object.getPrototypeOf(of))
    names.push(...(secrets.get(of) ?? []));
  return names;
}

function secretsFromFiles(shape: new () => object, env: Readonly<Record<string, string | undefined>>) {
  try {
    return Object.fromEntries(secretsOf(shape).map((name) => [name, secretSetting(env, name)]));
  } catch (error) {
    if (error instanceof SecretFileError) throw new ConfigError([error]);
    throw error;
  }
}

/** `true/false/1/0/yes/no` as a boolean: class-transformer's own conversion takes "false" for true. */
export function EnvBoolean(): PropertyDecorator {
  const read = Transform(({ obj, key }) => {
    const raw: unknown = (obj as Record<string, unknown>)[key];
    if (typeof raw !== 'string') return raw;
    if (/^(true|1|yes)$/i.test(raw)) return true;
    if (/^(false|0|no)$/i.test(raw)) return false;
    return raw;
  });
  const check = IsBoolean({ message: 'must be true or false' });
  return (target, property) => {
    read(target, property);
    check(target, property as string);
  };
}
