/** Code of a mini program, as far as it is known. */
export interface KnownCode {
  readonly version: string;
  /** `null`: not put there from here. */
  readonly templateId: number | null;
  /** When it went online, or was begun. */
  readonly at: Date | null;
}

export interface WantedCode {
  readonly version: string;
  readonly templateId: number;
  /** When somebody decided that it shall go online; `undefined`: now. */
  readonly askedAt?: Date | undefined;
}

/** When templates were made, by id, Unix seconds: as far as WeChat's library still has them. */
export type TemplateTimes = ReadonlyMap<number, number>;

/**
 * Whether the code that is there is newer than the wanted one. Versions are free texts, so what is certain comes first:
 *
 * 1. Two templates: the one that was made later. The library tells; of one that was deleted, the higher id is the later one.
 * 2. One template, or one that is not known: the higher version, where both are numbers (`6.0.1`, `v2024.11`).
 * 3. Nothing of that tells: what was put there after the wanted code was asked for; whoever asked has not seen it.
 */
export function isNewer(there: KnownCode, wanted: WantedCode, times: TemplateTimes): boolean {
  if (there.templateId !== null && there.templateId !== wanted.templateId)
    return madeLater(there.templateId, wanted.templateId, times);
  const versions = compareVersions(there.version, wanted.version);
  if (versions !== undefined && versions !== 0) return versions > 0;
  return there.at !== null && wanted.askedAt !== undefined && there.at > wanted.askedAt;
}

function madeLater(a: number, b: number, times: TemplateTimes): boolean {
  const [madeA, madeB] = [times.get(a), times.get(b)];
  return madeA !== undefined && madeB !== undefined && madeA !== madeB ? madeA > madeB : a > b;
}

const NUMBERS = /^v?(\d{1,15}(?:\.\d{1,15})*)$/i;

/** @returns below 0: `a` is the lower one; `undefined`: at least one of them is not made of numbers. */
export function compareVersions(a: string, b: string): number | undefined {
  const [left, right] = [a, b].map((text) => NUMBERS.exec(text.trim())?.[1]?.split('.').map(Number));
  if (!left || !right) return undefined;
  for (let i = 0; i < Math.max(left.length, right.length); i += 1) {
    const difference = (left[i] ?? 0) - (right[i] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}
