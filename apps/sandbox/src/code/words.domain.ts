import type { Settings } from '../world/settings.js';

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

/** A text as WeChat gives it back. */
export function comeBack(text: string, how: Settings['words']): string {
  if (how === 'trimmed') return text.trim();
  return how === 'escaped' ? text.replace(/[&<>"']/g, (sign) => ENTITIES[sign] ?? sign) : text;
}
