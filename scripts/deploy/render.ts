import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from '../lib/paths.ts';
import { digestOfSources, SOURCES_FILE } from './k8s-sources.ts';
import { writeSubscriberPolicies } from './subscriber-egress.ts';

/** Writes what `kubectl apply -k` would apply into k8s/rendered, for reviews and for checks on machines without kubectl. */
writeSubscriberPolicies();
for (const overlay of ['demo', 'production']) {
  const text = execFileSync('kubectl', ['kustomize', join(ROOT, 'k8s/overlays', overlay)], { encoding: 'utf8', maxBuffer: 1e8 });
  writeFileSync(join(ROOT, 'k8s/rendered', `${overlay}.yaml`), text);
  process.stdout.write(`k8s/rendered/${overlay}.yaml: ${text.split('\n---\n').length} resources\n`);
}
writeFileSync(SOURCES_FILE, digestOfSources());
