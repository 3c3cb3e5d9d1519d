/**
 * An appid as every API and setting here takes it. WeChat's have `wx` and 16 letters or digits; whatever else older systems have stored
 * stays reachable. An original id (`gh_…`), which is easily taken for an appid, is none.
 */
export const APPID = /^wx[0-9a-zA-Z_-]{1,62}$/;
