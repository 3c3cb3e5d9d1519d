import { existsSync, globSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ROOT, resolveLink, type Section, sectionsOf } from '../support/markdown.js';

/** Decision records (docs/adr) are written once, in English, and stay as they were. */
const DOCUMENTS = globSync(['*.md', 'docs/*.md', '{apps,libs}/*/*.md'], { cwd: ROOT })
  .filter((path) => !path.endsWith('.zh-CN.md'))
  .sort();

const chineseOf = (path: string) => path.replace(/\.md$/, '.zh-CN.md');
const englishOf = (path: string) => path.replace(/\.zh-CN\.md$/, '.md');
const read = (path: string) => readFileSync(join(ROOT, path), 'utf8');

/** What may be in the reader's language within a block: comments of a shell, and the words of a diagram. */
function madeAlike({ language, text }: { language: string; text: string }): string {
  if (language === '') return text.replace(/ +#.*$/gm, ' #');
  if (language !== 'mermaid') return text;
  return text
    .replace(/"[^"]*"/g, '')
    .replace(/\(\[[^\]]*\]\)|\[[^\]]*\]/g, '')
    .replace(/-- .*?-->/g, '-->')
    .replace(/ as .*$|: .*$/gm, '');
}

/** Where a link leads, the same for both languages. */
function placeOf(page: string, target: string): string {
  if (/^https?:/.test(target)) return target;
  const { file, heading } = resolveLink(page, target);
  return englishOf(file) + (heading === undefined ? '' : ` heading ${heading}`);
}

/** What is wrong with the links of one page. */
function brokenLinks(page: string, text: string): string[] {
  return sectionsOf(text).flatMap(({ title, line, links }) =>
    links.flatMap((target) => {
      if (/^https?:/.test(target)) return [];
      const where = `${page}:${line} "${title}": ${target}`;
      const { file, exists, heading } = resolveLink(page, target);
      if (!exists) return [`${where} does not exist`];
      if (heading === -1) return [`${where} names no heading of ${file}`];
      const chinese = chineseOf(file);
      const leavesLanguage = page.endsWith('.zh-CN.md') && file.endsWith('.md') && chinese !== page;
      if (leavesLanguage && !file.endsWith('.zh-CN.md') && existsSync(join(ROOT, chinese)))
        return [`${where}: there is ${chinese}`];
      return [];
    }),
  );
}

/** What the two have to have in common, section by section. */
function makeOf(page: string, section: Section): Record<string, string[]> {
  const toOther = basename(page.endsWith('.zh-CN.md') ? englishOf(page) : chineseOf(page));
  return {
    level: [String(section.level)],
    tables: section.tables.map((rows) => `${rows.length} rows of ${rows.join(',')} cells`),
    'list items': [String(section.listItems)],
    blocks: section.blocks.map((block) => `${block.language}\n${madeAlike(block)}`),
    code: [...new Set(section.code)].sort(),
    links: section.links
      .filter((target) => target !== toOther)
      .map((target) => placeOf(page, target))
      .sort(),
  };
}

function differences(path: string, english: string, chinese: string): string[] {
  const [ours, theirs] = [sectionsOf(english), sectionsOf(chinese)];
  const found = ours.flatMap((section, index) => {
    const where = `${path}:${section.line} "${section.title}"`;
    const other = theirs[index];
    if (!other) return [`${where} is missing in Chinese`];
    const make = makeOf(path, section);
    const otherMake = makeOf(chineseOf(path), other);
    return Object.keys(make).flatMap((kind) => {
      const [here, there] = [make[kind]!, otherMake[kind]!];
      if (here.join('\0') === there.join('\0')) return [];
      const only = (some: string[], others: string[]) => some.filter((one) => !others.includes(one)).join(' | ') || '-';
      return [
        `${where}, ${chineseOf(path)}:${other.line} "${other.title}": ${kind}\n  English: ${only(here, there)}\n  Chinese: ${only(there, here)}`,
      ];
    });
  });
  return [
    ...found,
    ...theirs.slice(ours.length).map(({ title, line }) => `${chineseOf(path)}:${line} "${title}" is only in Chinese`),
  ];
}

/** Marks that GitHub shows as stars: `**…。**其` closes nothing, because no space follows the full stop. */
function openEmphasis(text: string): string[] {
  return text
    .replace(/^```[\s\S]*?^```/gm, '')
    .split('\n')
    .filter((line) => {
      const parts = line
        .replace(/^ *\* /, '')
        .replace(/`[^`]*`/g, '`')
        .split(/\*+/);
      return parts.some(
        (inside, index) => index % 2 === 1 && /[\p{P}\s]$/u.test(inside) && /^[\p{L}\p{N}]/u.test(parts[index + 1] ?? ''),
      );
    });
}

describe('documents in English and Chinese', () => {
  it('each document has its pair', () => {
    expect(DOCUMENTS).toContain('docs/using-the-broker.md');
    expect(DOCUMENTS.filter((path) => !existsSync(join(ROOT, chineseOf(path))))).toEqual([]);
  });

  it('no Chinese page has lost its English one', () => {
    const pages = globSync(['*.zh-CN.md', '{docs,apps,libs}/**/*.zh-CN.md'], { cwd: ROOT, exclude: ['**/node_modules'] });
    expect(pages.filter((path) => !DOCUMENTS.includes(englishOf(path)))).toEqual([]);
  });

  it('emphasis ends where it should, in Chinese', () => {
    expect(openEmphasis('* **密钥。**其余')).toHaveLength(1);
    expect(openEmphasis('* **密钥**。其余，*处理*：**无**。`a*b。*c`')).toEqual([]);
    for (const path of DOCUMENTS) expect(openEmphasis(read(chineseOf(path))), chineseOf(path)).toEqual([]);
  });

  describe.each(DOCUMENTS)('%s', (path) => {
    it('leads to the other language below its title, and back', () => {
      const below = (text: string) =>
        text
          .split('\n')
          .slice(1)
          .find((line) => line.trim() !== '');
      expect(below(read(path))).toContain(`[中文](${basename(chineseOf(path))})`);
      expect(below(read(chineseOf(path)))).toContain(`[English](${basename(path)})`);
    });

    it('has the same headings, tables, lists, blocks, names in code and links as its Chinese page', () => {
      expect(differences(path, read(path), read(chineseOf(path))).join('\n')).toBe('');
    });

    it('has only links that lead somewhere, in both; the Chinese ones to Chinese pages', () => {
      const pages = [path, chineseOf(path)];
      expect(pages.flatMap((page) => brokenLinks(page, read(page))).join('\n')).toBe('');
    });
  });

  it.each([
    ['a heading', '\n## doctor\n', '\n### doctor\n', 'level'],
    ['a row of a table', '| `--yes` |', '`--yes`', 'tables'],
    ['a command', 'wxplane clients list', 'wxplane clients lists', 'blocks'],
    ['a name', '`INGESTION_URL`', '`INGESTION_ADDRESS`', 'code'],
    ['a link', '(../.env.example)', '(../LICENSE)', 'links'],
    ['an anchor', '[keys](#clients-keys-queues)', '[keys](#status)', 'links'],
  ])('a difference is found: %s', (_, from, to, kind) => {
    const page = read('docs/cli.zh-CN.md');
    expect(page).toContain(from);
    const found = differences('docs/cli.md', read('docs/cli.md'), page.replace(from, to));
    expect(found).toHaveLength(1);
    expect(found[0]).toContain(`: ${kind}\n`);
  });

  it('a link that leads nowhere, or out of the language, is found', () => {
    const page = read('docs/cli.zh-CN.md');
    const wrong = (from: string, to: string) => brokenLinks('docs/cli.zh-CN.md', page.replace(from, to));
    expect(wrong('(#doctor)', '(#doktor)').join()).toContain('#doktor names no heading');
    expect(wrong('(#doctor)', '(doctor.md)').join()).toContain('doctor.md does not exist');
    expect(wrong('(#doctor)', '(architecture.md)').join()).toContain('there is docs/architecture.zh-CN.md');
  });
});
