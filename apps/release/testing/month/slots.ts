import type { SandboxProcess } from '../sandbox.js';

interface OnlineVersion {
  readonly app_version: number;
  readonly user_version: string;
}

interface Audit {
  readonly auditid: number;
  readonly appid: string;
  /** 0 approved, 1 rejected, 2 and 4 pending, 3 withdrawn. */
  readonly status: number;
  readonly version: { readonly user_version: string };
}

const byNumber = (a: string, b: string): number => a.localeCompare(b, 'en', { numeric: true });

/** WeChat's truth about versions and tickets. WeChat keeps five versions of a mini program: what is read now and then is put together. */
export class Slots {
  /** By appid and `app_version`. */
  readonly #online = new Map<string, Map<number, string>>();

  constructor(private readonly sandbox: SandboxProcess) {}

  async read(appids: readonly string[]): Promise<void> {
    for (const appid of appids) {
      const { slots } = await this.sandbox.control<{
        slots: { online: OnlineVersion | null; history: OnlineVersion[] } | null;
      }>(`/merchants/${appid}`);
      const known = this.#online.get(appid) ?? new Map<number, string>();
      for (const one of [...(slots?.history ?? []), ...(slots?.online ? [slots.online] : [])])
        known.set(one.app_version, one.user_version);
      this.#online.set(appid, known);
    }
  }

  /** Everything that has been online, in its order. */
  versionsOf(appid: string): string[] {
    const known = [...(this.#online.get(appid) ?? [])].sort(([a], [b]) => a - b);
    return known.map(([, version]) => version);
  }

  /** Mini programs that have gone back to an older version, or had one put online twice. */
  notForward(): string[] {
    const wrong: string[] = [];
    for (const appid of this.#online.keys()) {
      const versions = this.versionsOf(appid);
      if (versions.some((version, index) => index > 0 && byNumber(versions[index - 1]!, version) >= 0))
        wrong.push(`${appid}: ${versions.join(', ')}`);
    }
    return wrong;
  }

  /** Tickets of these mini programs; of each WeChat's side keeps the last fifty. */
  async audits(appids: readonly string[]): Promise<Audit[]> {
    const read = async (appid: string) =>
      (await this.sandbox.control<{ audits: Audit[] }>(`/audits?appid=${appid}&limit=100`)).audits;
    const audits: Audit[] = [];
    for (const appid of appids) audits.push(...(await read(appid)));
    return audits;
  }
}

/** Versions that were given to reviewers again although they had not sent them back. */
export function submittedTwice(audits: readonly Audit[]): { readonly appid: string; readonly version: string }[] {
  const seen = new Set<string>();
  return audits
    .filter(({ status }) => status !== 1 && status !== 3)
    .map(({ appid, version }) => ({ appid, version: version.user_version }))
    .filter(({ appid, version }) => seen.size === seen.add(`${appid} ${version}`).size);
}
