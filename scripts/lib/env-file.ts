/** Lines that a shell and `parseEnv` of node:util read alike. */
export function formatEnv(values: Readonly<Record<string, string | undefined>>): string {
  return Object.entries(values)
    .filter((entry): entry is [string, string] => entry[1] !== undefined && entry[1] !== '')
    .map(([name, value]) => `${line(name, value)}\n`)
    .join('');
}

function line(name: string, value: string): string {
  if (/^[\w./:@,+=-]*$/.test(value)) return `${name}=${value}`;
  if (!value.includes("'")) return `${name}='${value}'`;
  if (!/["$`\\]/.test(value)) return `${name}="${value}"`;
  // Inside of JSON the quote has another spelling.
  if (value.trimStart().startsWith('{')) return `${name}='${value.replaceAll("'", '\\u0027')}'`;
  return `# ${name} holds both kinds of quotes: set it yourself`;
}
