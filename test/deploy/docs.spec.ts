import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ROOT } from './manifests.js';

/** As GitHub makes anchors of headings. */
const anchorsOf = (text: string) =>
  [...text.matchAll(/^#{1,6} (.+)$/gm)].map(([, heading]) =>
    heading!
      .toLowerCase()
      .replace(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  );

describe.each(['docs/runbook.md', 'docs/operations.md', 'docs/metrics.md'])('%s', (page) => {
  const text = readFileSync(join(ROOT, page), 'utf8');

  it('has only links that lead somewhere', () => {
    for (const [, target] of text.matchAll(/\]\(([^)\s]+)\)/g)) {
      if (/^https?:/.test(target!)) continue;
      const [path, anchor] = target!.split('#') as [string, string | undefined];
      const file = path ? join(ROOT, dirname(page), path) : join(ROOT, page);
      expect(existsSync(file), target).toBe(true);
      if (anchor) expect(anchorsOf(readFileSync(file, 'utf8')), target).toContain(anchor);
    }
  });

  it('names only variables that .env.example explains', () => {
    const explained = new Set(
      [...readFileSync(join(ROOT, '.env.example'), 'utf8').matchAll(/^([A-Z_]+)=/gm)].map(([, name]) => name),
    );
    for (const [, name] of text.matchAll(
      /`((?:DATABASE|REDIS|STOP|TOKEN|WXPLANE|WECHAT|INBOX|TICKET|DELIVERY|MANAGEMENT|PUSH|RELEASE)_[A-Z_]+)[=`]/g,
    ))
      expect(explained, name).toContain(name);
  });
});
