import { readFileSync } from 'node:fs';
import ts from 'typescript';
import { describe, expect, it, vi } from 'vitest';
import { digestOfSources, SOURCES_FILE } from '../../scripts/deploy/k8s-sources.ts';
import { describeManifest, type Manifest, manifests, modelsOf, OVERLAYS, ROOT, render, rendered } from './manifests.js';

// Schemas are many files, tools are processes: on a busy machine both take their time.
vi.setConfig({ testTimeout: 120_000 });

const fresh = render('demo') !== undefined;
if (!fresh)
  process.stderr.write(
    '\nNOT CHECKED: no kubectl with kustomize 5 is here, so nothing was rendered; only the sources were compared.\n\n',
  );

it('k8s/rendered was made of the present base and overlays (npm run k8s:render)', () => {
  expect(readFileSync(SOURCES_FILE, 'utf8')).toBe(digestOfSources());
});

describe.each(OVERLAYS)('k8s/overlays/%s', (overlay) => {
  it.runIf(fresh)('is what k8s/rendered holds (npm run k8s:render)', () => {
    expect(rendered(overlay)).toBe(render(overlay));
  });

  it('fits the schemas of Kubernetes and of the operators it uses', async () => {
    for (const manifest of manifests(overlay)) {
      const models = await import(modelsOf(manifest));
      const Model = models[manifest.kind];
      expect(Model, `${modelsOf(manifest)} knows ${manifest.kind}`).toBeDefined();
      expect(() => new Model(manifest).validate(), describeManifest(manifest)).not.toThrow();
    }
  });

  // Kubernetes' schemas let unknown fields pass, so that a misspelt one would do nothing; the types do not.
  it('has no field that Kubernetes does not know', () => {
    expect(unknownFields(manifests(overlay))).toEqual([]);
  });
});

describe('the check itself', () => {
  const [manifest] = manifests('demo').filter(({ kind }) => kind === 'Deployment') as [Manifest];

  it('refuses a wrong type', async () => {
    const { Deployment } = await import('kubernetes-models/apps/v1');
    expect(() => new Deployment({ ...manifest, spec: { ...manifest.spec, replicas: 'two' } } as never).validate()).toThrow(
      /replicas/,
    );
  });

  it('refuses a misspelt field, however deep', () => {
    const broken = structuredClone(manifest);
    broken.spec.template.spec.containers[0].readinesProbe = {};
    expect(unknownFields([broken]).join()).toContain('readinesProbe');
  });
});

/** Compiles the manifests as object literals of their types. */
function unknownFields(all: readonly Manifest[]): string[] {
  const file = `${ROOT}test/deploy/manifests.generated.ts`;
  const text = all
    .map(
      (manifest, index) =>
        `export const m${index}: import('${modelsOf(manifest)}').I${manifest.kind} = ${JSON.stringify(manifest)};`,
    )
    .join('\n');
  const options: ts.CompilerOptions = {
    target: ts.ScriptTarget.ES2024,
    module: ts.ModuleKind.NodeNext,
    moduleResolution: ts.ModuleResolutionKind.NodeNext,
    strict: true,
    skipLibCheck: true,
    noEmit: true,
    types: [],
  };
  const host = ts.createCompilerHost(options);
  const { fileExists, readFile, getSourceFile } = host;
  host.fileExists = (name) => name === file || fileExists.call(host, name);
  host.readFile = (name) => (name === file ? text : readFile.call(host, name));
  host.getSourceFile = (name, language, ...rest) =>
    name === file ? ts.createSourceFile(name, text, language) : getSourceFile.call(host, name, language, ...rest);
  const program = ts.createProgram([file], options, host);
  const source = program.getSourceFile(file);
  return [...program.getSyntacticDiagnostics(source), ...program.getSemanticDiagnostics(source)].map((diagnostic) => {
    const line = text.slice(0, diagnostic.start).split('\n').length - 1;
    return `${all[line] ? describeManifest(all[line]) : '?'}: ${ts.flattenDiagnosticMessageText(diagnostic.messageText, ' ')}`;
  });
}
