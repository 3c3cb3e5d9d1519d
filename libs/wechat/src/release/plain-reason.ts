/** But for tabs and line ends: WeChat's texts have some at times, and a terminal would obey them. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are exactly the ones meant
const CONTROL = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f]/g;

/**
 * A rejection as a person reads it: WeChat's `<br>` become line breaks, every other tag goes, entities are resolved.
 * The result is plain text; whoever shows it in HTML escapes it.
 */
export function plainReason(html: string | null): string | null {
  if (html === null) return null;
  return resolveEntities(
    html
      .replace(/<\s*(br|\/p|\/div|\/li)\s*\/?\s*>/gi, '\n')
      .replace(/<(script|style)\b[^>]*>[\s\S]*?<\/\1\s*>/gi, '')
      .replace(/<\/?[a-z!][^>]*>/gi, ''),
  )
    .replace(CONTROL, '')
    .replace(/[ \t]+\n/g, '\n')
    .replace(/\n{3,}/g, '\n\n')
    .trim();
}

/** The characters that HTML entities stand for. What is no character stays as it is. */
export function resolveEntities(text: string): string {
  return text.replace(
    /&(?:#(\d{1,7})|#x([0-9a-f]{1,6})|(lt|gt|quot|apos|nbsp|amp));/gi,
    (whole, dec?: string, hex?: string, name?: string) => {
      if (name) return { lt: '<', gt: '>', quot: '"', apos: "'", nbsp: ' ', amp: '&' }[name.toLowerCase()] ?? whole;
      const code = dec ? Number(dec) : Number.parseInt(hex ?? '', 16);
      return code > 0 && code <= 0x10_ff_ff && (code < 0xd8_00 || code > 0xdf_ff) ? String.fromCodePoint(code) : whole;
    },
  );
}
