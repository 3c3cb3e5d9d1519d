import { useOf } from '#persistence';
import type { ServiceDefinition } from '#service';
import { ConsoleConfig } from './config/console.config.js';
import { ConsoleModule } from './console.module.js';
import { forwardOperations } from './forward/forward.js';
import { readPages, servePages } from './pages/pages.js';
import { sendSecurityHeaders } from './security/headers.js';
import { refuseOtherOrigins } from './security/same-origin.js';

/** The pages for people, and what stands between them and the apps. If it is down, nothing else is. */
export const consoleDefinition: ServiceDefinition<ConsoleConfig> = {
  app: 'console',
  title: 'wxplane console',
  description: 'Pages for operators, release managers and approvers.',
  config: ConsoleConfig,
  withoutComponents: true,
  withoutDocs: true,
  secrets: useOf(),
  imports: () => [ConsoleModule],
  bodyLimit: 262_144,
  worksOnJobs: () => false,
  prepare: (app) => {
    const { CONSOLE_URL } = app.get(ConsoleConfig);
    const server = app.getHttpAdapter().getInstance();
    sendSecurityHeaders(server, CONSOLE_URL.startsWith('https:'));
    refuseOtherOrigins(server, CONSOLE_URL);
    forwardOperations(app);
    servePages(server, readPages());
  },
};
