import { afterAll, beforeAll, beforeEach } from 'vitest';
import { Rig } from '../testing/rig.js';
import { clients } from './api/clients.js';
import { onBehalf } from './api/on-behalf.js';
import { proxy } from './api/proxy.js';
import { refreshTokens } from './api/refresh-tokens.js';
import { merchant, rig, use } from './api/setting.js';
import { sync } from './api/sync.js';
import { tokens } from './api/tokens.js';

/* What a client sees, by feature: the tests are in the files of `api/`, and share two brokers. */

beforeAll(async () => {
  use(await Rig.start({ brokers: 2, env: { WECHAT_DAILY_BUDGETS: 'get_category=2,/cgi-bin/message/custom/send=0' } }));
  await rig().merchant(merchant);
  await rig().authorize(merchant);
});
afterAll(() => rig().stop());
beforeEach(() => rig().forgetCalls());

tokens();
refreshTokens();
proxy();
onBehalf();
sync();
clients();
