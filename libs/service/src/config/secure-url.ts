import { ValidateBy } from 'class-validator';

const LOCAL = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])$/;

/** Whether a URL leads to this very machine, where nobody listens on the way. */
export const isLocal = ({ hostname }: URL): boolean => LOCAL.test(hostname);

/** Where secrets are sent to: `https://`, or `http://` to this very machine; anything else only with ALLOW_INSECURE_UPSTREAMS. */
export function SecureUpstream(): PropertyDecorator {
  return ValidateBy({
    name: 'secureUpstream',
    validator: {
      validate: (value, args) =>
        isSecure(value) ||
        (args?.object as { ALLOW_INSECURE_UPSTREAMS?: unknown } | undefined)?.ALLOW_INSECURE_UPSTREAMS === true,
      defaultMessage: () =>
        'must be https, since secrets are sent there; ALLOW_INSECURE_UPSTREAMS=true if nobody can listen on the way, as to a sandbox',
    },
  });
}

/** What is no URL at all is another rule's to tell. */
function isSecure(value: unknown): boolean {
  if (typeof value !== 'string' || !URL.canParse(value)) return true;
  const url = new URL(value);
  return url.protocol !== 'http:' || isLocal(url);
}
