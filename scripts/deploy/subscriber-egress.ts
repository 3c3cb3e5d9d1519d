import { globSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { parse } from 'yaml';
import { ROOT } from '../lib/paths.ts';

const NAME = 'subscribers.yaml';
const list = (text: string | undefined, otherwise: string) => (text || otherwise).split(',').map((part) => part.trim());

/** The rule that lets ingestion reach subscribers inside the network: each range of SUBSCRIBER_ALLOWED_CIDRS, on the ports of SUBSCRIBER_PORTS. */
export function egressOf(config: Readonly<Record<string, string | undefined>>): string {
  const ranges = list(config['SUBSCRIBER_ALLOWED_CIDRS'], '').filter((range) => range !== '');
  const ports = list(config['SUBSCRIBER_PORTS'], '443,8443');
  const rule = (range: string) => [
    `    - to: [{ ipBlock: { cidr: ${range} } }]`,
    '      ports:',
    ...ports.map((port) => `        - { protocol: TCP, port: ${port} }`),
  ];
  return `# Written by \`npm run k8s:render\` from SUBSCRIBER_ALLOWED_CIDRS and SUBSCRIBER_PORTS of this overlay: change those, not this.
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata:
  name: ingestion-subscribers
spec:
  podSelector: { matchLabels: { app.kubernetes.io/name: ingestion } }
  policyTypes: [Egress]
  egress:${ranges.length === 0 ? ' []' : `\n${ranges.flatMap(rule).join('\n')}`}
`;
}

/** What the ConfigMap of an overlay says: the base's file and the overlay's own values over it. */
export function configOf(kustomization: string, base: string): Record<string, string> {
  const { configMapGenerator = [] } = parse(kustomization) as { configMapGenerator?: { name: string; literals?: string[] }[] };
  const own = configMapGenerator.filter(({ name }) => name === 'wxplane-config').flatMap(({ literals = [] }) => literals);
  const lines = [...base.split('\n'), ...own].filter((line) => /^\w+=/.test(line));
  return Object.fromEntries(lines.map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]));
}

/** Of every overlay that has such a file, by the path of that file. */
export function subscriberPolicies(): Map<string, string> {
  const base = readFileSync(join(ROOT, 'k8s/base/config.env'), 'utf8');
  const folders = globSync(`k8s/overlays/*/${NAME}`, { cwd: ROOT }).map(dirname);
  return new Map(
    folders.map((folder) => {
      const config = configOf(readFileSync(join(ROOT, folder, 'kustomization.yaml'), 'utf8'), base);
      return [join(folder, NAME), egressOf(config)];
    }),
  );
}

export function writeSubscriberPolicies(): void {
  for (const [file, text] of subscriberPolicies()) writeFileSync(join(ROOT, file), text);
}
