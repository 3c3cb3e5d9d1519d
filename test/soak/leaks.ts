import { createReadStream, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { secretsOfRun } from '../support/secrets.ts';
import type { World } from './world.ts';

/** Enough to find a secret by, and too long to come up by chance. */
const HEAD = 14;

/** Collects every secret that WeChat hands out while it still knows it, and looks for them in everything that was logged. */
export class Leaks {
  readonly #secrets = new Set<string>();
  readonly #world: World;

  constructor(world: World) {
    this.#world = world;
  }

  get size(): number {
    return this.#secrets.size;
  }

  async collect(): Promise<void> {
    const { control } = this.#world;
    for (const secret of await secretsOfRun({ control, secretValues: () => this.#world.secretValues() }))
      this.#secrets.add(secret);
  }

  /** @returns where secrets were found (`file:line`), and how many lines were read. */
  async search(): Promise<{ found: string[]; lines: number }> {
    const byHead = new Map<string, string[]>();
    for (const secret of this.#secrets) {
      const head = secret.slice(0, HEAD);
      byHead.set(head, [...(byHead.get(head) ?? []), secret]);
    }
    const found: string[] = [];
    let lines = 0;
    for (const folder of this.#world.logFolders()) {
      for (const name of readdirSync(folder)) {
        const file = join(folder, name);
        let number = 0;
        for await (const line of createInterface({ input: createReadStream(file) })) {
          number += 1;
          if (holdsAny(line, byHead)) found.push(`${file}:${number}`);
        }
        lines += number;
      }
    }
    return { found, lines };
  }
}

/** As `secrets.some((secret) => line.includes(secret))`, for thousands of secrets and millions of lines. */
export function holdsAny(line: string, byHead: ReadonlyMap<string, readonly string[]>): boolean {
  for (const { 0: word, index } of line.matchAll(/[A-Za-z0-9_@+/=-]{14,}/g)) {
    for (let at = 0; at + HEAD <= word.length; at += 1) {
      const secrets = byHead.get(word.slice(at, at + HEAD));
      if (secrets?.some((secret) => line.startsWith(secret, index + at))) return true;
    }
  }
  return false;
}
