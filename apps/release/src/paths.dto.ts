import { Matches } from 'class-validator';

export const APPID = /^wx[0-9a-zA-Z_-]{4,62}$/;

export class ComponentPath {
  /** Appid of the third-party platform. */
  @Matches(APPID, { message: 'component_appid must be an appid' }) readonly component_appid!: string;
}

export class AuthorizerPath extends ComponentPath {
  /** Appid of the mini program. */
  @Matches(APPID, { message: 'authorizer_appid must be an appid' }) readonly authorizer_appid!: string;
}
