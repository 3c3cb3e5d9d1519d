import type { Binding, SecretBox } from '#persistence';

/** Stands within the text, so that it is sealed with it; no placeholder can name it, for a space stands in front. */
const WRITER = ' writer';
/** The form that is bound to its row. */
const BOUND = 'enc:v2:';

/**
 * Seals a document together with who wrote it: whoever can change the row cannot say that it was somebody else. Only in the form that is
 * bound to its row, since the release before takes what it reads for members of the document.
 */
export function sealedBy(secrets: SecretBox, document: object, writer: string, binding: Binding): string {
  const sealed = secrets.seal(JSON.stringify({ ...document, [WRITER]: writer }), binding);
  return sealed.startsWith(BOUND) ? sealed : secrets.seal(JSON.stringify(document), binding);
}

/** @returns `writer` undefined: it was written before, or in the older form @throws SecretUnreadableError */
export function openedBy(
  secrets: SecretBox,
  stored: string,
  binding: Binding,
): { readonly document: Record<string, unknown>; readonly writer: string | undefined } {
  const { [WRITER]: writer, ...document } = JSON.parse(secrets.open(stored, binding)) as Record<string, unknown>;
  return { document, writer: typeof writer === 'string' ? writer : undefined };
}
