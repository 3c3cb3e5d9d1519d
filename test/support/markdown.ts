import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';

export const ROOT = join(import.meta.dirname, '../..');

/** A heading with what stands below it, up to the next heading. */
export interface Section {
  title: string;
  level: number;
  line: number;
  /** Fenced blocks, with the word behind the fence. */
  blocks: { language: string; text: string }[];
  /** Rows of each table, each as its number of cells. */
  tables: number[][];
  listItems: number;
  /** Everything between single backticks. */
  code: string[];
  links: string[];
}

export function sectionsOf(text: string): Section[] {
  const sections: Section[] = [];
  let section = startSection('', 0, 0);
  let block: { language: string; text: string } | undefined;
  let inTable = false;
  for (const [index, line] of text.split('\n').entries()) {
    if (line.startsWith('```')) {
      block = block ? undefined : { language: line.slice(3), text: '' };
      if (block) section.blocks.push(block);
    } else if (block) block.text += `${line}\n`;
    else {
      const [, marks, title] = /^(#{1,6}) (.+)$/.exec(line) ?? [];
      if (marks) {
        section = startSection(title!, marks.length, index + 1);
        sections.push(section);
      }
      const isRow = line.startsWith('|');
      if (isRow && !inTable) section.tables.push([]);
      if (isRow) section.tables.at(-1)!.push(line.split(/(?<!\\)\|/).length - 2);
      inTable = isRow;
      if (/^ *(?:[-*]|\d{1,2}\.) /.test(line)) section.listItems += 1;
      section.code.push(...[...line.matchAll(/`([^`]+)`/g)].map(([, code]) => code!));
      section.links.push(...[...line.replace(/`[^`]*`/g, '').matchAll(/\]\(([^)\s]+)\)/g)].map(([, target]) => target!));
    }
  }
  return sections;
}

const startSection = (title: string, level: number, line: number): Section => ({
  title,
  level,
  line,
  blocks: [],
  tables: [],
  listItems: 0,
  code: [],
  links: [],
});

/** As GitHub makes anchors of headings, in their order. */
export function anchorsOf(text: string): string[] {
  const seen = new Map<string, number>();
  return sectionsOf(text).map(({ title }) => {
    const anchor = title
      .toLowerCase()
      .replace(/[^\p{L}\p{M}\p{Nd}\p{Pc} -]/gu, '')
      .replaceAll(' ', '-');
    const times = seen.get(anchor) ?? 0;
    seen.set(anchor, times + 1);
    return times === 0 ? anchor : `${anchor}-${times}`;
  });
}

export interface LinkTarget {
  /** From the top of the repository. */
  file: string;
  exists: boolean;
  /** Which heading of the file the anchor means; -1 if there is none of this name. */
  heading?: number;
}

/** @param page the document the link stands in, from the top of the repository */
export function resolveLink(page: string, target: string): LinkTarget {
  const [path, anchor] = target.split('#') as [string, string | undefined];
  const file = path ? relative(ROOT, join(ROOT, dirname(page), path)) : page;
  const exists = existsSync(join(ROOT, file));
  if (anchor === undefined) return { file, exists };
  return { file, exists, heading: exists ? anchorsOf(readFileSync(join(ROOT, file), 'utf8')).indexOf(anchor) : -1 };
}
