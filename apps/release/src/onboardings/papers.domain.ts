import type { OnboardingData } from './onboarding.domain.js';

const PAPER = /^paper:([a-z0-9][a-z0-9_-]{0,47})$/;
/** What a file name of a paper looks like. */
export const PAPER_NAME = /^[a-z0-9][a-z0-9_-]{0,47}$/;

/** Where a form names a paper. */
export interface PaperUse {
  readonly paper: string;
  /** Names and no indexes, as `icp_materials.commitment_letter`. */
  readonly field: string;
  /** The certificate type that stands beside it. */
  readonly certificateType: number | undefined;
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Every `paper:<name>` in it. */
export function papersIn(node: unknown, field = '', beside?: number): PaperUse[] {
  if (typeof node === 'string') {
    const paper = PAPER.exec(node)?.[1];
    return paper === undefined ? [] : [{ paper, field, certificateType: beside }];
  }
  if (Array.isArray(node)) return node.flatMap((item) => papersIn(item, field, beside));
  if (!isObject(node)) return [];
  const type = node['certificate_type'];
  return Object.entries(node).flatMap(([name, value]) =>
    papersIn(value, field ? `${field}.${name}` : name, typeof type === 'number' && isCertificate(name) ? type : undefined),
  );
}

const isCertificate = (name: string): boolean => name.startsWith('certificate_photo');

/** The same with what stands for each paper. */
export function withPapers(node: unknown, of: (use: PaperUse) => string, field = '', beside?: number): unknown {
  if (typeof node === 'string') {
    const paper = PAPER.exec(node)?.[1];
    return paper === undefined ? node : of({ paper, field, certificateType: beside });
  }
  if (Array.isArray(node)) return node.map((item) => withPapers(item, of, field, beside));
  if (!isObject(node)) return node;
  const type = node['certificate_type'];
  return Object.fromEntries(
    Object.entries(node).map(([name, value]) => {
      const path = field ? `${field}.${name}` : name;
      return [name, withPapers(value, of, path, typeof type === 'number' && isCertificate(name) ? type : undefined)];
    }),
  );
}

/** Names of all papers that an order mentions. */
export const papersOf = (data: OnboardingData): string[] => [...new Set(papersIn(data).map(({ paper }) => paper))].sort();
