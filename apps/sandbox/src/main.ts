import { readConfig } from './sandbox.config.js';
import { startSandbox } from './sandbox.js';

const LONGEST_STOP_MS = 800;

async function main(): Promise<void> {
  // biome-ignore lint/style/noProcessEnv: the one place where the environment is read
  const { config, setup } = readConfig(process.env);
  const sandbox = await startSandbox(config, setup);
  console.log(`sandbox listening on ${sandbox.url}`);
  const stop = (): void => {
    setTimeout(() => process.exit(0), LONGEST_STOP_MS).unref();
    void sandbox.close().then(() => process.exit(0));
  };
  process.once('SIGTERM', stop);
  process.once('SIGINT', stop);
}

main().catch((error: unknown) => {
  console.error(`sandbox cannot start: ${error instanceof Error ? error.message : String(error)}`);
  process.exit(1);
});
