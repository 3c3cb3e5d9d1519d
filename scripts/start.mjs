import { bootstrap } from './lib/bootstrap.mjs';

const HELP = `npm start: the whole suite on this machine, with a sandbox that plays WeChat.

  npm start                 install, start, take the main job through once, stay up until Ctrl-C
  npm start -- --once       leave after the main job: exit code 0, or 1 if a step failed
  npm start -- --no-walk    start and stay up
  npm start -- --two-person what users would notice needs a second person (docs/security.md); stays up, without the walk
  npm start -- --verbose    also show what the apps log
  npm start -- --help       this text

  What is missing is installed first: Node packages into node_modules/; MariaDB and Redis by apt-get on Debian and Ubuntu, as root or
  by sudo without a password. Elsewhere it says what to install. Servers of yours (DATABASE_URL, REDIS_URL) make that unnecessary.

  Data, logs and generated secrets are kept in .local/ ; remove that folder to begin anew.
  DATABASE_URL, REDIS_URL          servers of yours instead of private ones
  WXPLANE_COMPONENTS_FILE or WXPLANE_COMPONENTS, without WECHAT_API_BASE_URL:
                                   your real components: no sandbox and no walk, WeChat itself is called
  Every other variable of .env.example is handed to the apps.`;

await bootstrap('scripts/start.ts', 'the control plane of a WeChat third-party platform', HELP);
