import 'reflect-metadata';
import { plainToInstance, Transform } from 'class-transformer';
import { IsBoolean, validateSync } from 'class-validator';

/** The configuration is not usable. The message names each key and what is wrong, never a value. */
export class ConfigError extends Error {
  constructor(readonly problems: readonly { readonly key: string; readonly problem: string }[]) {
    super(problems.map(({ key, problem }) => `${key}: ${problem}`).join('; '));
  }
}

/**
 * Reads a configuration class from environment variables: one property per variable, named alike, checked by class-validator.
 * An empty variable counts as not set.
 * @throws ConfigError
 */
export function loadConfig<T extends object>(shape: new () => T, env: Readonly<Record<string, string | undefined>>): T {
  const given = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== undefined && value !== ''));
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
