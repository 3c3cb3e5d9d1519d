import { answersOk, Child } from '../../../scripts/lib/child.ts';

const ROOT = new URL('../../../', import.meta.url).pathname;

/** One broker process; it can be killed and started again at the same address. */
export class BrokerProcess {
  child!: Child;
  constructor(
    readonly url: string,
    readonly management: string,
    private readonly env: NodeJS.ProcessEnv,
  ) {}

  async start(): Promise<void> {
    this.child = new Child({
      name: 'broker',
      command: process.execPath,
      args: ['dist/apps/broker/src/main.js'],
      cwd: ROOT,
      env: this.env,
    });
    await this.child.waitUntil(() => answersOk(`${this.management}/health/ready`), 60_000);
  }
}
