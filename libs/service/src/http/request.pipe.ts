import { type ArgumentMetadata, type Type, ValidationPipe } from '@nestjs/common';
import { getMetadataStorage, IS_OPTIONAL } from 'class-validator';

const NULLABLE = Symbol('nullable');

/** `null` says something of its own here, such as "none", where leaving the member out says "as before". */
export function Nullable(): PropertyDecorator {
  return (target, name) => Reflect.defineMetadata(NULLABLE, true, target, name);
}

/**
 * Checks what a request holds against its class. Many writers of JSON put `null` where nothing is set, and `@IsOptional` lets it through
 * unseen, past every default: here it is as if the member had been left out.
 */
export class RequestPipe extends ValidationPipe {
  constructor() {
    super({ whitelist: true, forbidNonWhitelisted: true, transform: true, validationError: { target: false, value: false } });
  }

  override async transform(value: unknown, metadata: ArgumentMetadata): Promise<unknown> {
    const checked = await super.transform(value, metadata);
    if (metadata.type === 'body') leaveNullsOut(checked);
    return checked;
  }
}

function leaveNullsOut(value: unknown): void {
  if (Array.isArray(value)) value.forEach(leaveNullsOut);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return;
  const type = value.constructor as Type<Record<string, unknown>> | undefined;
  // What has no class of ours is content, such as an ext_json: every member of it is the caller's business.
  const optional = type ? optionalMembers(type) : undefined;
  if (!type || !optional) return;
  const members = value as Record<string, unknown>;
  for (const [name, member] of Object.entries(members)) {
    if (member !== null) leaveNullsOut(member);
    else if (optional.has(name)) members[name] = new type()[name];
  }
}

const known = new WeakMap<object, ReadonlySet<string> | undefined>();

/** Those for which `null` means nothing; undefined for a class without checks. */
function optionalMembers(type: Type): ReadonlySet<string> | undefined {
  if (known.has(type)) return known.get(type);
  const checks = getMetadataStorage().getTargetValidationMetadatas(type, '', false, false);
  const names = checks.filter((check) => check.name === IS_OPTIONAL).map((check) => check.propertyName);
  const optional =
    checks.length > 0
      ? new Set(names.filter((name) => !Reflect.getMetadata(NULLABLE, type.prototype as object, name)))
      : undefined;
  known.set(type, optional);
  return optional;
}
