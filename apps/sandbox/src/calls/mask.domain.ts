const SECRET_NAMES =
  'access_token|component_access_token|authorizer_access_token|authorizer_refresh_token|refresh_token|component_appsecret|component_secret|appsecret|component_verify_ticket|pre_auth_code|authorization_code|auth_code|js_code|code|session_key|ticket|push_token|encoding_aes_key|previous_push_token|previous_encoding_aes_key';
const IN_JSON = new RegExp(`("(?:${SECRET_NAMES})"\\s*:\\s*")[^"]*`, 'g');
const IN_QUERY = new RegExp(`((?:^|[?&])(?:${SECRET_NAMES})=)[^&]*`, 'g');
const BY_SHAPE = /(ticket|preauthcode|queryauthcode|refreshtoken)@@@[\w-]+/g;

export const maskBody = (body: string): string => body.replace(IN_JSON, '$1***').replace(BY_SHAPE, '$1@@@***');
export const maskQuery = (query: string): string => query.replace(IN_QUERY, '$1***').replace(BY_SHAPE, '$1@@@***');
