import { readConfig } from './config/sandbox.config.js';
import { startSandbox } from './sandbox.js';

const LONGEST_STOP_MS = 800;

async function main(): Promise<void> {
  // biome-ignore lint/style/noProcessEnv: the one place where the environment is read
  const { config, setup } = readConfig(process.env);
  const sandbox = await startSandbox(config, setup);
  console.log(`sandbox listening on ${sandbox.url}`);
  let stopping = false;
  const stop = (): void => {
    if (stopping) return;
    stopping = true;
    setTimeout(() => process.exit(0), LONGEST_STOP_MS).unref();
    void sandbox.close().then(() => process.exit(0));
  };
  // `on`, not `once`: a second signal must not end the process half-way.
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
}

main().catch((error: unknown) => {
  console.error(`sandbox cannot start: ${error instanceof Error ? error.message : String(error)}`);
  process.exit(1);
});
