import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { configOf, egressOf, subscriberPolicies } from '../../scripts/deploy/subscriber-egress.ts';
import { ROOT } from '../../scripts/lib/paths.ts';
import { describeManifest, type Manifest, manifests, OVERLAYS } from './manifests.js';

const APPS = ['ingestion', 'broker', 'release'] as const;
/** Private networks, metadata services, Azure's platform. */
const NOT_INTERNET = ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', '169.254.0.0/16', '100.64.0.0/10', '168.63.129.16/32'];
const MANAGEMENT = { ingestion: 9001, broker: 9002, release: 9003 } as const;

interface Container {
  readonly volumeMounts?: readonly { readonly name: string; readonly mountPath: string; readonly readOnly?: boolean }[];
  readonly name: string;
  readonly image: string;
  readonly securityContext: Record<string, unknown>;
  readonly resources: Record<'requests' | 'limits', Record<'cpu' | 'memory', string>>;
  readonly ports?: readonly { readonly name: string; readonly containerPort: number }[];
  readonly env?: readonly { readonly name: string; readonly value?: string; readonly valueFrom?: SecretRef }[];
  readonly [probe: `${string}Probe`]: { readonly httpGet?: { readonly path: string; readonly port: string } };
}
interface SecretRef {
  readonly secretKeyRef?: { readonly name: string; readonly key: string; readonly optional?: boolean };
}

describe.each(OVERLAYS)('policy of k8s/overlays/%s', (overlay) => {
  const all = manifests(overlay);
  const ofKind = (kind: string) => all.filter((manifest) => manifest.kind === kind);
  const named = (kind: string, name: string) => all.find((manifest) => manifest.kind === kind && manifest.metadata.name === name);
  const workloads = all.filter(({ kind }) => ['Deployment', 'StatefulSet', 'DaemonSet', 'Job', 'CronJob', 'Pod'].includes(kind));
  const template = ({ spec }: Manifest) => (spec.jobTemplate?.spec ?? spec).template;
  const pod = (workload: Manifest) => template(workload).spec;
  const labels = (workload: Manifest): Record<string, string> => template(workload).metadata.labels;
  const containers = workloads.flatMap((workload) =>
    [...pod(workload).containers, ...(pod(workload).initContainers ?? [])].map((container: Container) => ({
      at: `${describeManifest(workload)}/${container.name}`,
      container,
    })),
  );

  it('has the three apps and the migration', () => {
    expect(workloads.map(describeManifest)).toEqual(
      expect.arrayContaining([...APPS.map((app) => `Deployment/${app}`), 'Job/wxplane-migrate', 'CronJob/wxplane-retention']),
    );
  });

  it('runs nothing as root, with a writable root, with capabilities or without seccomp', () => {
    for (const workload of workloads) {
      const at = describeManifest(workload);
      expect(pod(workload).securityContext, at).toMatchObject({
        runAsNonRoot: true,
        runAsUser: expect.any(Number),
        seccompProfile: { type: 'RuntimeDefault' },
      });
      expect(pod(workload).securityContext.runAsUser, at).toBeGreaterThan(0);
      for (const forbidden of ['hostNetwork', 'hostPID', 'hostIPC']) expect(pod(workload)[forbidden], at).toBeUndefined();
      for (const volume of pod(workload).volumes ?? []) expect(volume.hostPath, at).toBeUndefined();
    }
    for (const { at, container } of containers) {
      expect(container.securityContext, at).toEqual({
        allowPrivilegeEscalation: false,
        readOnlyRootFilesystem: true,
        capabilities: { drop: ['ALL'] },
      });
    }
  });

  it('gives no workload a token of the cluster', () => {
    for (const workload of workloads) {
      expect(pod(workload).automountServiceAccountToken, describeManifest(workload)).toBe(false);
      expect(named('ServiceAccount', pod(workload).serviceAccountName)?.['automountServiceAccountToken']).toBe(false);
    }
  });

  it('names an exact version of every image', () => {
    for (const { at, container } of containers) {
      expect(container.image, at).toMatch(/(:v?\d+\.\d+\.\d+[\w.-]*|@sha256:[0-9a-f]{64})$/);
    }
  });

  it('requests and limits CPU and memory everywhere', () => {
    for (const { at, container } of containers) {
      for (const side of ['requests', 'limits'] as const)
        expect(container.resources[side], at).toEqual({ cpu: expect.any(String), memory: expect.stringMatching(/Mi$|Gi$/) });
    }
  });

  it('probes the apps on their management port', () => {
    for (const app of APPS) {
      const [container] = pod(named('Deployment', app)!).containers as [Container];
      expect(container.ports).toContainEqual({ name: 'management', containerPort: MANAGEMENT[app] });
      expect(container.env).toContainEqual({ name: 'MANAGEMENT_PORT', value: String(MANAGEMENT[app]) });
      for (const [probe, path] of [
        ['startup', 'live'],
        ['liveness', 'live'],
        ['readiness', 'ready'],
      ] as const)
        expect(container[`${probe}Probe`]!.httpGet).toEqual({ path: `/health/${path}`, port: 'management' });
    }
  });

  it('asks the scheduler for what an app was measured to need, and scales by what one core can do', () => {
    for (const app of APPS) {
      const [container] = pod(named('Deployment', app)!).containers as [Container];
      expect(container.resources.requests.memory, app).toBe('256Mi');
      expect(named('HorizontalPodAutoscaler', app)?.spec.metrics, app).toEqual([
        { type: 'Resource', resource: { name: 'cpu', target: { type: 'AverageValue', averageValue: '600m' } } },
      ]);
    }
  });

  it('deletes once a day what of the audit log is signed as too old, one at a time', () => {
    const { spec } = named('CronJob', 'wxplane-retention')!;
    expect(spec).toMatchObject({ schedule: '40 4 * * *', timeZone: 'Asia/Shanghai', concurrencyPolicy: 'Forbid' });
    const [container] = pod(named('CronJob', 'wxplane-retention')!).containers;
    expect(container.command.slice(2)).toEqual(['audit', 'retain', '--yes']);
  });

  it('has Argo CD make what the migration needs before it, and start the apps after it', () => {
    const wave = ({ metadata }: Manifest) => Number(metadata.annotations?.['argocd.argoproj.io/sync-wave'] ?? 0);
    const job = named('Job', 'wxplane-migrate')!;
    expect(job.metadata.annotations).toMatchObject({ 'argocd.argoproj.io/hook': 'Sync' });
    const { name: config } = pod(job).containers[0].envFrom[0].configMapRef;
    // Their values are made with the command-line tool after the migration: a wave with them would never be healthy before it.
    const clientKeys = named('ExternalSecret', 'wxplane-client-keys');
    if (clientKeys) expect(wave(clientKeys)).toBeGreaterThan(wave(job));
    const needed = [
      named('ServiceAccount', pod(job).serviceAccountName)!,
      named('ConfigMap', config)!,
      ...['ExternalSecret', 'NetworkPolicy', 'StatefulSet'].flatMap(ofKind),
      ...ofKind('StatefulSet').map(({ spec }) => named('Service', spec.serviceName)!),
    ].filter((one) => one !== clientKeys);
    for (const one of needed) expect(wave(one), describeManifest(one)).toBeLessThan(wave(job));
    for (const app of APPS) expect(wave(named('Deployment', app)!), app).toBeGreaterThan(wave(job));
  });

  it('gives every app time to stop', () => {
    const config = ofKind('ConfigMap').find(({ metadata }) => metadata.name.startsWith('wxplane-config'))!.data!;
    const needed = Number(config['STOP_DELAY_S']) + Number(config['STOP_TIMEOUT_S']);
    for (const app of APPS) expect(pod(named('Deployment', app)!).terminationGracePeriodSeconds).toBeGreaterThan(needed);
  });

  it('spreads, scales and keeps alive every app', () => {
    for (const app of APPS) {
      const deployment = named('Deployment', app)!;
      expect(deployment.spec.replicas, 'the autoscaler owns the number').toBeUndefined();
      expect(deployment.spec.strategy.rollingUpdate).toEqual({ maxSurge: 1, maxUnavailable: 0 });
      expect(pod(deployment).topologySpreadConstraints.map((one: { topologyKey: string }) => one.topologyKey)).toEqual([
        'kubernetes.io/hostname',
        'topology.kubernetes.io/zone',
      ]);
      expect(named('PodDisruptionBudget', app)?.spec.selector.matchLabels).toEqual({ 'app.kubernetes.io/name': app });
      expect(named('HorizontalPodAutoscaler', app)?.spec.scaleTargetRef.name).toBe(app);
    }
  });

  it('routes every Service to a port that its pods have', () => {
    for (const service of ofKind('Service')) {
      const target = workloads.find((workload) => matches(service.spec.selector, labels(workload)));
      expect(target, describeManifest(service)).toBeDefined();
      const names = pod(target!).containers.flatMap((container: Container) => container.ports?.map((port) => port.name));
      for (const port of service.spec.ports) expect(names, describeManifest(service)).toContain(port.targetPort);
    }
  });

  it('holds no secret: values come by reference', () => {
    expect(ofKind('Secret')).toEqual([]);
    for (const { at, container } of containers) {
      for (const { name, value } of container.env ?? []) {
        if (/PASSWORD$|_KEYS?$|SECRET|^DATABASE_URL$|^REDIS_URL$/.test(name) && !name.startsWith('MARIADB_RANDOM'))
          expect(value, `${at} ${name}`).toBeUndefined();
      }
    }
    for (const config of ofKind('ConfigMap')) {
      for (const [key, value] of Object.entries(config.data ?? {})) {
        // These two say in which form secrets are kept, and hold none.
        if (!/^SECRETS_(WRITE|STRICT)$/.test(key))
          expect(key).not.toMatch(/PASSWORD|SECRET|ENCRYPTION|CLIENT_KEY|ADMIN_KEY|DATABASE_URL|REDIS_URL/);
        expect(value).not.toMatch(/:\/\/[^/\s]*:[^/\s]+@|wxp_[0-9a-f]/);
      }
    }
  });

  it('gives what every pod needs of secrets as files, which its user may read and nobody else', () => {
    const paths = containers.flatMap(({ at, container }) =>
      (container.env ?? [])
        .filter(({ name, value }) => name.endsWith('_FILE') && String(value).startsWith('/etc/wxplane-secrets/'))
        .map(({ value }) => `${at} ${value}`),
    );
    expect(paths.length).toBeGreaterThan(8);
    for (const workload of workloads) {
      const { volumes = [], containers: own, securityContext } = pod(workload);
      const of = volumes.find(({ name }: { name: string }) => name === 'secrets');
      if (!of) continue;
      expect(securityContext.fsGroup, describeManifest(workload)).toBe(securityContext.runAsGroup);
      expect(of.secret.defaultMode).toBe(0o440);
      for (const { env = [], volumeMounts = [] } of own as Container[]) {
        expect(volumeMounts).toContainEqual({ name: 'secrets', mountPath: '/etc/wxplane-secrets', readOnly: true });
        const named = env.filter(({ value }) => String(value).startsWith('/etc/wxplane-secrets/')).map(({ value }) => value);
        expect(named).toEqual(of.secret.items.map(({ path }: { path: string }) => `/etc/wxplane-secrets/${path}`));
      }
    }
  });

  it('mounts in each pod its own secrets and no field of another one’s', () => {
    const OWN: Readonly<Record<string, readonly string[]>> = {
      ingestion: ['wxplane-ingestion: DATABASE_URL, MANAGEMENT_ADMIN_KEY, REDIS_URL, WXPLANE_ENCRYPTION_KEYS, components.json'],
      broker: [
        'wxplane-audit: audit.pem',
        'wxplane-broker: DATABASE_URL, MANAGEMENT_ADMIN_KEY, REDIS_URL, WXPLANE_ENCRYPTION_KEYS, components.json',
      ],
      release: [
        'wxplane-client-keys: BROKER_CLIENT_KEY',
        'wxplane-release: DATABASE_URL, MANAGEMENT_ADMIN_KEY, REDIS_URL, WXPLANE_ENCRYPTION_KEYS, components.json',
      ],
      // The account that may change tables, and make accounts, is nobody else's.
      'wxplane-migrate': ['wxplane-migrate: DATABASE_ACCOUNTS, DATABASE_URL'],
      // What may delete from the audit log can nothing else.
      'wxplane-retention': ['wxplane-retention: DATABASE_URL'],
      toolbox: [
        'wxplane-client-keys: WXPLANE_CLIENT_KEY',
        'wxplane-toolbox: DATABASE_URL, REDIS_URL, WXPLANE_ENCRYPTION_KEYS, components.json',
      ],
      // Of the demo only.
      mariadb: ['wxplane-servers: MARIADB_PASSWORD, MARIADB_ROOT_PASSWORD'],
      redis: ['wxplane-servers: REDIS_PASSWORD'],
      sandbox: ['wxplane-sandbox: sandbox.json'],
    };
    for (const workload of workloads) {
      const { volumes = [], containers: own, initContainers = [] } = pod(workload);
      const refs: { name: string; key: string }[] = [
        ...volumes.flatMap(({ secret }: { secret?: { secretName: string; items?: { key: string }[] } }) =>
          secret ? (secret.items ?? [{ key: '*' }]).map(({ key }) => ({ name: secret.secretName, key })) : [],
        ),
        ...([...own, ...initContainers] as Container[]).flatMap(({ env = [] }) =>
          env.flatMap(({ valueFrom }) => (valueFrom?.secretKeyRef ? [valueFrom.secretKeyRef] : [])),
        ),
      ];
      const found = [...Map.groupBy(refs, ({ name }) => name)].map(
        ([name, some]) => `${name}: ${[...new Set(some.map(({ key }) => key))].sort().join(', ')}`,
      );
      expect(found.sort(), describeManifest(workload)).toEqual(OWN[workload.metadata.name]);
      // A whole Secret as variables would be all of it.
      expect(JSON.stringify(pod(workload)), describeManifest(workload)).not.toContain('"secretRef"');
    }
  });

  it.runIf(overlay === 'production')(
    'takes the encryption keys of each app, and of the toolbox, from a place of their own',
    () => {
      const places = ofKind('ExternalSecret').flatMap(({ spec }) =>
        spec.data
          .filter(({ secretKey }: { secretKey: string }) => secretKey === 'WXPLANE_ENCRYPTION_KEYS')
          .map(({ remoteRef }: { remoteRef: { key: string; property: string } }) => `${remoteRef.key} ${remoteRef.property}`),
      );
      expect(places.length).toBe(APPS.length + 1);
      expect(new Set(places).size).toBe(places.length);
    },
  );

  it('lets in from outside only the public paths', () => {
    expect(ofKind('Service').filter(({ spec }) => spec.type !== undefined && spec.type !== 'ClusterIP')).toEqual([]);
    const routes = ofKind('Ingress').flatMap((ingress) => {
      expect(ingress.spec.defaultBackend).toBeUndefined();
      return ingress.spec.rules.flatMap((rule: { http: { paths: readonly Record<string, unknown>[] } }) => rule.http.paths);
    });
    expect(routes).toEqual([
      { path: '/wechat', pathType: 'Prefix', backend: { service: { name: 'ingestion', port: { name: 'http' } } } },
      { path: '/authorize', pathType: 'Prefix', backend: { service: { name: 'broker', port: { name: 'http' } } } },
    ]);
  });

  describe('network', () => {
    const policies = ofKind('NetworkPolicy');
    const about = (app: string, type: 'Ingress' | 'Egress') =>
      policies.filter(
        ({ spec }) => selects(spec.podSelector, { 'app.kubernetes.io/name': app }) && spec.policyTypes.includes(type),
      );
    type Peer = Record<'namespaceSelector' | 'podSelector', { matchLabels: Record<string, string> }>;
    const incoming = (app: string) =>
      about(app, 'Ingress').flatMap(({ spec }) =>
        (spec.ingress ?? []).flatMap((rule: { from?: Peer[]; ports?: { port: unknown }[] }) => {
          expect(rule.from?.length, 'an ingress rule without `from` lets everybody in').toBeGreaterThan(0);
          return rule.from!.map((from) => ({ from, ports: rule.ports?.map(({ port }) => port) }));
        }),
      );
    const fromNamespace = (app: string, namespace: string) =>
      incoming(app).filter(({ from }) => from.namespaceSelector?.matchLabels['kubernetes.io/metadata.name'] === namespace);

    it('denies everything that is not named', () => {
      const [deny] = policies.filter(({ metadata }) => metadata.name === 'default-deny');
      expect(deny?.spec).toEqual({ podSelector: {}, policyTypes: ['Ingress', 'Egress'] });
    });

    it('opens ingestion and broker, and nothing else, to the ingress controller', () => {
      const open = workloads
        .map((workload) => labels(workload)['app.kubernetes.io/name']!)
        .filter((app) => fromNamespace(app, 'ingress-nginx').length > 0);
      expect(open.sort()).toEqual(['broker', 'ingestion']);
      for (const app of open) expect(fromNamespace(app, 'ingress-nginx')[0]?.ports).toEqual(['http']);
    });

    it('opens the management port to the monitoring only', () => {
      for (const app of APPS) {
        const openers = incoming(app).filter(
          ({ ports }) => !ports || ports.includes('management') || ports.includes(MANAGEMENT[app]),
        );
        expect(openers.map(({ from }) => from)).toEqual([
          { namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'monitoring' } } },
        ]);
      }
    });

    it('lets nobody reach MySQL, Redis and the sandbox who does not need it', () => {
      for (const server of workloads.filter(({ kind }) => kind === 'StatefulSet')) {
        for (const { from } of incoming(server.metadata.name)) {
          expect(from.namespaceSelector).toBeUndefined();
          expect(from.podSelector).toBeDefined();
        }
      }
    });

    it('keeps calls to the internet off private addresses and the metadata service', () => {
      for (const app of [...APPS, 'toolbox']) {
        for (const { spec } of about(app, 'Egress')) {
          for (const rule of spec.egress ?? []) {
            expect(rule.to?.length, 'an egress rule without `to` lets the app call everything').toBeGreaterThan(0);
            for (const peer of rule.to ?? []) {
              if (peer.ipBlock?.cidr !== '0.0.0.0/0') continue;
              expect(peer.ipBlock.except).toEqual(expect.arrayContaining(NOT_INTERNET));
              const ports = app === 'ingestion' ? [443, 8443] : [443];
              expect(rule.ports).toEqual(ports.map((port) => ({ protocol: 'TCP', port })));
            }
          }
        }
      }
    });

    it('lets ingestion reach inside the network what the operator allows to subscribers, and nothing else', () => {
      const file = `k8s/overlays/${overlay}/subscribers.yaml`;
      expect(readFileSync(join(ROOT, file), 'utf8'), 'npm run k8s:render').toBe(subscriberPolicies().get(file));
      const [policy] = policies.filter(({ metadata }) => metadata.name === 'ingestion-subscribers');
      expect(policy?.spec).toEqual({
        podSelector: { matchLabels: { 'app.kubernetes.io/name': 'ingestion' } },
        policyTypes: ['Egress'],
        egress: [],
      });
    });

    it('lets everybody ask for names, also where each node has a cache of its own', () => {
      const [dns] = policies.filter(({ metadata }) => metadata.name === 'dns');
      expect(dns?.spec.egress[0].to).toContainEqual({ ipBlock: { cidr: '169.254.20.10/32' } });
    });

    it('lets the retention of the audit log reach the database and names, and nothing else, and nobody reach it', () => {
      const ports = about('retention', 'Egress').flatMap(({ spec }) =>
        (spec.egress ?? []).flatMap((rule: { ports?: { port: unknown }[] }) => rule.ports?.map(({ port }) => port) ?? ['every']),
      );
      expect([...new Set(ports)].sort()).toEqual([3306, 53]);
      expect(incoming('retention')).toEqual([]);
    });

    it('lets each app reach its database and Redis', () => {
      for (const app of [...APPS, 'migrate', 'toolbox']) {
        const ports = about(app, 'Egress').flatMap(({ spec }) =>
          (spec.egress ?? []).flatMap((rule: { ports?: { port: unknown }[] }) => rule.ports?.map(({ port }) => port)),
        );
        expect(ports, app).toEqual(expect.arrayContaining([3306, 6379, 53]));
      }
    });
  });
});

it('each range of SUBSCRIBER_ALLOWED_CIDRS becomes one rule, on the ports of SUBSCRIBER_PORTS', () => {
  const generator = (literals: string) => `configMapGenerator: [{ name: wxplane-config, literals: [${literals}] }]`;
  const rules = (literals: string) => parse(egressOf(configOf(generator(literals), 'HTTP_HOST=0.0.0.0\n'))).spec.egress;
  const to = (cidr: string, ...ports: number[]) => ({
    to: [{ ipBlock: { cidr } }],
    ports: ports.map((port) => ({ protocol: 'TCP', port })),
  });
  expect(rules('"SUBSCRIBER_ALLOWED_CIDRS=10.1.0.0/16, fd00::/8"')).toEqual([
    to('10.1.0.0/16', 443, 8443),
    to('fd00::/8', 443, 8443),
  ]);
  expect(rules('SUBSCRIBER_ALLOWED_CIDRS=10.1.0.0/16, SUBSCRIBER_PORTS=443')).toEqual([to('10.1.0.0/16', 443)]);
});

describe('demo', () => {
  it('lets the doctor reach the sandbox', () => {
    const named = (name: string) =>
      manifests('demo').find(({ kind, metadata }) => kind === 'NetworkPolicy' && metadata.name === name);
    expect(named('toolbox-to-sandbox')?.spec.egress[0]).toEqual({
      to: [{ podSelector: { matchLabels: { 'app.kubernetes.io/name': 'sandbox' } } }],
      ports: [{ protocol: 'TCP', port: 3100 }],
    });
    expect(named('sandbox')?.spec.ingress[0].from[0].podSelector.matchExpressions[0].values).toContain('toolbox');
  });
});

describe('production', () => {
  it('has a source for every Secret key that is referred to', () => {
    const all = manifests('production');
    const given = new Set(
      all
        .filter(({ kind }) => kind === 'ExternalSecret')
        .flatMap(({ spec }) => spec.data.map(({ secretKey }: { secretKey: string }) => `${spec.target.name}/${secretKey}`)),
    );
    const text = JSON.stringify(all);
    const referred = [...text.matchAll(/"secretKeyRef":(\{[^}]*\})/g)].map(
      ([, json]) => JSON.parse(json!) as SecretRef['secretKeyRef'],
    );
    const mounted = all
      .filter(({ spec }) => spec?.template ?? spec?.jobTemplate)
      .flatMap(
        ({ spec }) =>
          ((spec.jobTemplate?.spec ?? spec).template.spec.volumes ?? []) as {
            secret?: { secretName: string; items: { key: string }[] };
          }[],
      )
      .flatMap(({ secret }) => secret?.items.map(({ key }) => ({ name: secret.secretName, key })) ?? []);
    expect(referred.length + mounted.length).toBeGreaterThan(8);
    for (const ref of [...referred, ...mounted]) expect(given).toContain(`${ref!.name}/${ref!.key}`);
    expect(given).toContain('wxplane-ingestion/components.json');
  });

  it('does not wait for the keys that are made after the migration', () => {
    const [keys] = manifests('production').filter(({ metadata }) => metadata.name === 'wxplane-client-keys') as [Manifest];
    expect(keys.spec.data.map(({ secretKey }: { secretKey: string }) => secretKey).sort()).toEqual([
      'BROKER_CLIENT_KEY',
      'WXPLANE_CLIENT_KEY',
    ]);
    const referred = [...JSON.stringify(manifests('production')).matchAll(/"secretKeyRef":(\{[^}]*\})/g)].map(
      ([, json]) => JSON.parse(json!) as NonNullable<SecretRef['secretKeyRef']>,
    );
    for (const { name, key, optional } of referred)
      if (name === 'wxplane-client-keys' || /CLIENT_KEY$/.test(key))
        expect({ name, key, optional }).toEqual({ name: 'wxplane-client-keys', key, optional: true });
  });

  it('lets the apps reach a collector of traces', () => {
    const [policy] = manifests('production').filter(({ metadata }) => metadata.name === 'apps-to-collector') as [Manifest];
    expect(policy.spec.egress[0].ports).toEqual([{ protocol: 'TCP', port: 4318 }]);
  });

  it('never has two replicas of an app on one node', () => {
    for (const app of APPS) {
      const [{ spec }] = manifests('production').filter(
        ({ kind, metadata }) => kind === 'Deployment' && metadata.name === app,
      ) as [Manifest];
      expect(spec.template.spec.topologySpreadConstraints[0], app).toMatchObject({
        whenUnsatisfiable: 'DoNotSchedule',
        nodeTaintsPolicy: 'Honor',
      });
    }
  });

  it('does not bring the sandbox along', () => {
    expect(JSON.stringify(manifests('production'))).not.toContain('sandbox');
  });
});

function matches(selector: Record<string, string>, labels: Record<string, string>): boolean {
  return Object.entries(selector).every(([key, value]) => labels[key] === value);
}

/** A pod selector with matchLabels and `In` expressions. */
function selects(
  selector: { matchLabels?: Record<string, string>; matchExpressions?: { key: string; operator: string; values: string[] }[] },
  labels: Record<string, string>,
): boolean {
  return (
    matches(selector.matchLabels ?? {}, labels) &&
    (selector.matchExpressions ?? []).every(({ key, operator, values }) => {
      if (operator !== 'In') throw new Error(`operator ${operator} is not understood here`);
      return values.includes(labels[key] ?? '');
    })
  );
}
