/**
 * Whether an object in this JSON text has two members of one name: two readers could take it for two different things.
 * @param text parses as JSON
 */
export function hasTwins(text: string): boolean {
  /** Names of the objects that are open; `undefined` for a list. */
  const open: (Set<string> | undefined)[] = [];
  // Texts, and whether a colon follows, which makes them names; or a bracket.
  for (const [token, name] of text.matchAll(/("(?:[^"\\]|\\.)*")\s*:|"(?:[^"\\]|\\.)*"|[[\]{}]/g)) {
    if (name !== undefined) {
      const names = open.at(-1);
      const plain = JSON.parse(name) as string;
      if (names?.has(plain)) return true;
      names?.add(plain);
    } else if (token === '{') open.push(new Set());
    else if (token === '[') open.push(undefined);
    else if (token === '}' || token === ']') open.pop();
  }
  return false;
}
