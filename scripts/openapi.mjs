import { bootstrap } from './lib/bootstrap.mjs';

const HELP = `npm run openapi: writes what the apps say of their HTTP APIs, and the types that are made of it.

  openapi/<app>.json           as the app serves it at /docs/openapi.json
  openapi/<app>.d.ts           its types, for the command line, tests and benchmarks
  libs/broker-client/src/broker-api.ts
                               the types of the routes that the client has
  openapi/released/<app>.json  that of the last release; npm run check refuses what would break its callers

  npm run openapi              builds, starts the apps for a moment and writes
  npm run openapi -- --types   only the types
  npm run openapi -- --help    this text`;

await bootstrap('scripts/openapi.ts', 'HTTP APIs', HELP);
