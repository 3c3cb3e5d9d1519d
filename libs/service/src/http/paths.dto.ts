import { Matches } from 'class-validator';

/**
 * An appid as every API here takes it. WeChat's have `wx` and 16 letters or digits; whatever else older systems have stored stays
 * reachable. An original id (`gh_…`), which is easily taken for an appid, is none.
 */
export const APPID = /^wx[0-9a-zA-Z_-]{1,62}$/;

/** Of `@Matches(APPID, …)`: says what an appid looks like. */
export const AN_APPID = { message: '$property must be an appid: "wx" and 16 letters or digits' };
export const APPIDS = { each: true, message: '$property must hold appids: "wx" and 16 letters or digits' };

export class ComponentPath {
  /** Appid of the third-party platform (第三方平台). */
  @Matches(APPID, AN_APPID) readonly component_appid!: string;
}

export class AuthorizerPath extends ComponentPath {
  /** Appid of the account that has authorized the component. */
  @Matches(APPID, AN_APPID) readonly authorizer_appid!: string;
}
