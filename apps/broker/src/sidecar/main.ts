import { ConfigError, createLogger, loadConfig } from '#service';
import { SidecarConfig } from './sidecar.config.js';
import { startSidecar } from './sidecar.js';

const EXIT_CONFIG = 78;

try {
  // biome-ignore lint/style/noProcessEnv: the one place where the sidecar reads its environment
  const config = loadConfig(SidecarConfig, process.env);
  const logger = await createLogger({ app: 'sidecar', level: config.LOG_LEVEL });
  const sidecar = await startSidecar(config, logger);
  logger.info({ event: 'sidecar.ready', port: sidecar.port }, 'Ready on the loopback interface');
  for (const signal of ['SIGTERM', 'SIGINT'] as const)
    process.once(signal, () => void sidecar.close().then(() => process.exit(0)));
} catch (error) {
  process.stderr.write(`sidecar cannot start: ${(error as Error).message}\n`);
  process.exit(error instanceof ConfigError ? EXIT_CONFIG : 1);
}
