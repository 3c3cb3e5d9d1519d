export const cdata = (value: string): string => `<![CDATA[${value.replaceAll(']]>', ']]]]><![CDATA[>')}]]>`;

/** `<name>` with a number bare and text in CDATA. */
export const element = (name: string, value: string | number | bigint): string =>
  `<${name}>${typeof value === 'string' ? cdata(value) : value}</${name}>`;

/** A list is an element that repeats. */
export type XmlFields = { [name: string]: string | number | bigint | XmlFields | readonly (string | XmlFields)[] };

export const elements = (fields: XmlFields): string =>
  Object.entries(fields)
    .flatMap(([name, value]): [string, string | number | bigint | XmlFields][] =>
      Array.isArray(value) ? value.map((one: string | XmlFields) => [name, one]) : [[name, value as XmlFields]],
    )
    .map(([name, value]) => (typeof value === 'object' ? `<${name}>${elements(value)}</${name}>` : element(name, value)))
    .join('\n');

export const xml = (fields: XmlFields): string => `<xml>${elements(fields)}\n</xml>`;

/** The text of the first `<name>`; enough for the flat answers a receiver gives. */
export function readElement(source: string, name: string): string | undefined {
  const match = new RegExp(`<${name}>\\s*(?:<!\\[CDATA\\[([\\s\\S]*?)\\]\\]>|([^<]*))\\s*</${name}>`).exec(source);
  return match ? (match[1] ?? match[2]) : undefined;
}
