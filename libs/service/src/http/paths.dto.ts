import { applyDecorators } from '@nestjs/common';
import { ApiProperty } from '@nestjs/swagger';
import { Matches, ValidateBy } from 'class-validator';
import { APPID } from '../config/appid.js';

const LOOKS = '"wx" and 16 letters or digits';

/** A member that is an appid. */
export const IsAppid = (): PropertyDecorator =>
  applyDecorators(
    Matches(APPID, { message: `$property must be an appid: ${LOOKS}` }),
    // The plugin of Nest's Swagger module reads literals only.
    ApiProperty({ pattern: APPID.source }),
  );

/**
 * How whoever may act for some merchants only, or for some components, is kept to them by a member of a body or query that holds appids:
 * one of another is `refused`, what is answered is `narrowed` to their own, or the whole route is closed to them (`all`). With `none`
 * there is nothing to keep them from, for the reason it gives.
 */
export type AppidCheck = 'refused' | 'narrowed' | 'all' | `none: ${string}`;

/** A rule of class-validator that nothing breaks, since those go along where a class is made of others. */
export const CHECKED = 'appidChecked';

/** Says how a member of a body or query that holds appids is checked. The route inventory has it, and a test asks for it. */
export const Checked = (check: AppidCheck): PropertyDecorator =>
  ValidateBy({ name: CHECKED, constraints: [check], validator: { validate: () => true } });

/** A member that is an array of appids. */
export const AreAppids = (): PropertyDecorator => Matches(APPID, { each: true, message: `$property must hold appids: ${LOOKS}` });

export class ComponentPath {
  /** Appid of the third-party platform (第三方平台). */
  @IsAppid() readonly component_appid!: string;
}

export class AuthorizerPath extends ComponentPath {
  /** Appid of the account that has authorized the component. */
  @IsAppid() readonly authorizer_appid!: string;
}
