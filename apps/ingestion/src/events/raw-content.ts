import { redact } from '#service';
import { SECRET_FIELDS } from '../deliveries/delivery.domain.js';

const NAMES = [...SECRET_FIELDS].join('|');
/** The end may be missing: what cannot be read is often cut. */
const ELEMENTS = new RegExp(`<(${NAMES})\\b[^>]*>[\\s\\S]*?(?:</\\1>|$)`, 'g');
const MEMBERS = new RegExp(`"(${NAMES})"\\s*:\\s*(?:"(?:[^"\\\\]|\\\\[\\s\\S])*"?|[^,}]*)`, 'g');

/** What came, as it came, for whoever finds out why it cannot be read: without tickets and codes. */
export const rawContent = (payload: string): string =>
  redact(payload.replace(ELEMENTS, '<$1>***</$1>').replace(MEMBERS, '"$1":"***"'));
