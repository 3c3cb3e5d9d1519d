import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseAllDocuments } from 'yaml';
import { findProgram } from '../../scripts/lib/programs.ts';

export const ROOT = fileURLToPath(new URL('../../', import.meta.url));
export const OVERLAYS = ['demo', 'production'] as const;
export type Overlay = (typeof OVERLAYS)[number];

export interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
  };
  // biome-ignore lint/suspicious/noExplicitAny: what is in it depends on the kind; the schemas check it
  readonly spec: any;
  readonly data?: Readonly<Record<string, string>>;
  readonly [member: string]: unknown;
}

/** The committed rendering of an overlay (`npm run k8s:render`), so that the checks need no kubectl. */
export function rendered(overlay: Overlay): string {
  return readFileSync(`${ROOT}k8s/rendered/${overlay}.yaml`, 'utf8');
}

/** What kubectl makes of the overlay now; `undefined` where there is no kubectl with a kustomize of this decade. */
export function render(overlay: Overlay): string | undefined {
  const kubectl = findProgram('kubectl');
  if (!kubectl || !existsSync(kubectl)) return undefined;
  const client = JSON.parse(execFileSync(kubectl, ['version', '--client', '-o', 'json'], { encoding: 'utf8' }));
  if (!/^v5\./.test(client.kustomizeVersion ?? '')) return undefined;
  return execFileSync(kubectl, ['kustomize', `${ROOT}k8s/overlays/${overlay}`], { encoding: 'utf8', maxBuffer: 1e8 });
}

export function manifests(overlay: Overlay): Manifest[] {
  return parseAllDocuments(rendered(overlay)).map((document) => {
    if (document.errors.length > 0) throw document.errors[0];
    return document.toJS() as Manifest;
  });
}

export const describeManifest = ({ kind, metadata }: Manifest) => `${kind}/${metadata.name}`;

/** `apps/v1` → the package that knows its types and schemas. */
export function modelsOf({ apiVersion }: Manifest): string {
  if (apiVersion.startsWith('monitoring.coreos.com/')) return `@kubernetes-models/prometheus-operator/${apiVersion}`;
  if (apiVersion.startsWith('external-secrets.io/')) return `@kubernetes-models/external-secrets/${apiVersion}`;
  return `kubernetes-models/${apiVersion}`;
}
