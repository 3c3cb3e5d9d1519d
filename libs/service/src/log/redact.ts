const HIDDEN = '***';

/** What gives a secret away by its form, wherever it stands: in a message, an error, a URL, a JSON text. */
const PATTERNS: readonly (readonly [RegExp, string])[] = [
  [/\b(ticket|preauthcode|refreshtoken|queryauthcode)@@@[\w-]+/gi, `$1@@@${HIDDEN}`],
  [/\bwxp_([0-9a-f]+)_[0-9A-Za-z]+/g, `wxp_$1_${HIDDEN}`],
  // User and password of a database, of Redis, of a proxy.
  [/\b([a-z][a-z0-9+.-]*:\/\/)[^\s/?#@"']+@/gi, `$1${HIDDEN}@`],
  [/\bBasic\s+[A-Za-z0-9+/]{8,}={0,2}/g, `Basic ${HIDDEN}`],
  // Of others: a client key of ours keeps its id.
  [/\bBearer\s+(?!wxp_)[A-Za-z0-9._~+/-]{20,}=*/g, `Bearer ${HIDDEN}`],
  [/\bwhsec_[A-Za-z0-9+/=]+/g, `whsec_${HIDDEN}`],
  [
    /\b((?:component_|authorizer_)?(?:access_token|refresh_token)|pre_auth_code|auth_code|authorization_code|component_verify_ticket|(?:component_)?(?:app)?secret|js_code|session_key|code)=[^&\s"']+/gi,
    `$1=${HIDDEN}`,
  ],
  [
    // A JSON text that stands inside a log line has its quotes escaped.
    /(\\?")((?:component_|authorizer_)?(?:access_token|refresh_token)|pre_auth_code|auth_code|authorization_code|component_verify_ticket|(?:component_)?(?:app)?secret|js_code|session_key|ticket|password)\1\s*:\s*\1[^"\\]*\1/gi,
    `$1$2$1:$1${HIDDEN}$1`,
  ],
  // An EncodingAESKey, and 32 bytes in base64. Ids and hashes have other lengths; only the `=` tells such bytes from a path.
  [/(?<![A-Za-z0-9+/_-])(?:[A-Za-z0-9]{43}|[A-Za-z0-9+/]{43}=)(?![A-Za-z0-9+/=_-])/g, HIDDEN],
  // Access tokens have no mark of their own: any opaque run this long is taken for one.
  [/[A-Za-z0-9_-]{80,}/g, HIDDEN],
];

/** The text with everything that looks like a secret hidden. */
export function redact(text: string): string {
  let result = text;
  for (const [pattern, replacement] of PATTERNS) result = result.replace(pattern, replacement);
  return result;
}

/** Log fields hidden by their path, whatever they hold. */
export const REDACTED_PATHS = [
  'authorization',
  '*.authorization',
  'headers.authorization',
  'req.headers.authorization',
  'token',
  '*.token',
  'secret',
  '*.secret',
];
