/** Each rule names a mistake that would cost something. */
module.exports = {
  forbidden: [
    {
      name: 'apps-are-islands',
      comment: 'Apps are deployed apart: they talk over HTTP and queues, never by import.',
      severity: 'error',
      from: { path: '^apps/([^/]+)/' },
      to: { path: '^apps/', pathNot: '^apps/$1/' },
    },
    {
      name: 'libs-know-no-apps',
      comment: 'A lib serves several apps: what it needs of one comes in as an argument.',
      severity: 'error',
      from: { path: '^libs/' },
      to: { path: '^apps/' },
    },
    {
      name: 'libs-are-entered-by-the-front-door',
      comment: 'Another lib or app uses what libs/<lib>/src/index.ts exports (or its testing folder).',
      severity: 'error',
      from: { path: '^(apps|libs)/([^/]+)/' },
      to: {
        path: '^libs/[^/]+/',
        pathNot: ['^libs/[^/]+/src/index\\.ts$', '^libs/service/src/base\\.ts$', '^libs/[^/]+/testing/', '^$1/$2/'],
      },
    },
    {
      name: 'cli-loads-no-framework',
      comment: 'A command starts in a moment: what it needs of libs/service comes through its second door, #base.',
      severity: 'error',
      from: { path: '^apps/cli/src/', pathNot: 'spec\\.ts$' },
      to: { path: 'node_modules/(@nestjs|fastify)/', reachable: true },
    },
    {
      name: 'wechat-stands-alone',
      comment: 'libs/wechat could be published on its own.',
      severity: 'error',
      from: { path: '^libs/wechat/' },
      to: { path: '(^libs/(?!wechat/))|node_modules/(@nestjs|typeorm|bull|ioredis)' },
    },
    {
      name: 'sandbox-shares-nothing-with-what-it-tests',
      comment: 'The sandbox is an independent reading of the protocol: it must not share our crypto or our client.',
      severity: 'error',
      from: { path: '^apps/sandbox/' },
      to: { path: '^libs/' },
    },
    {
      name: 'pages-stand-alone',
      comment: 'Pages run in browsers: of the rest they know the list of operations, and types of the APIs.',
      severity: 'error',
      from: { path: '^apps/console/web/src/' },
      to: {
        path: '^(apps|libs|scripts|test)/',
        pathNot: ['^apps/console/web/src/', '^apps/console/src/operations/operations\\.ts$'],
      },
    },
    {
      name: 'nothing-of-the-pages-is-served-by-import',
      comment: 'The server hands out what was built of the pages, as files.',
      severity: 'error',
      from: { pathNot: '^apps/console/web/' },
      to: { path: '^apps/console/web/' },
    },
    {
      name: 'domain-is-pure',
      comment: 'Domain files hold rules: no framework, no database, no network.',
      severity: 'error',
      from: { path: '\\.domain\\.ts$' },
      to: { path: 'node_modules/(@nestjs|typeorm|bull|ioredis|undici)|\\.(entity|module|service|repository)\\.ts$' },
    },
    {
      name: 'no-cycles',
      comment: 'Files in a circle can only be read, tested and changed together: what they share belongs into a third one.',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    {
      name: 'tests-stay-out-of-products',
      comment: 'What is built and deployed carries no tests, nor what they need.',
      severity: 'error',
      from: { path: '^(apps|libs)/[^/]+/src/', pathNot: '\\.(spec|int-spec|e2e-spec)\\.ts$' },
      to: { path: '(\\.(spec|int-spec|e2e-spec)\\.ts$)|(^libs/[^/]+/testing/)|(^test/)' },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['wxplane-source', 'import', 'node', 'default', 'types'],
    },
  },
};
