import { applyDecorators } from '@nestjs/common';
import { ApiProperty } from '@nestjs/swagger';
import { Matches } from 'class-validator';
import { APPID } from '../config/appid.js';

const LOOKS = '"wx" and 16 letters or digits';

/** A member that is an appid. */
export const IsAppid = (): PropertyDecorator =>
  applyDecorators(
    Matches(APPID, { message: `$property must be an appid: ${LOOKS}` }),
    // The plugin of Nest's Swagger module reads literals only.
    ApiProperty({ pattern: APPID.source }),
  );

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
