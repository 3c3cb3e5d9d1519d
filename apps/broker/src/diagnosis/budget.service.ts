import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { CallCountEntity } from '#persistence';
import { DomainError } from '#service';
import { BrokerConfig } from '../config/broker.config.js';

const BEIJING_MS = 8 * 3_600_000;
/** How long a count is believed; calls of all replicas show within it. */
const BELIEVED_MS = 2_000;

export interface ApiCount {
  readonly api: string;
  readonly calls: number;
  readonly failures: number;
  readonly budget: number | null;
}

/** Today in Beijing, where WeChat's days end. */
export const beijingDay = (now = Date.now()): string => new Date(now + BEIJING_MS).toISOString().slice(0, 10);

/** `/wxa/commit=1000,submit_audit=200` */
export function parseBudgets(text: string): ReadonlyMap<string, number> {
  return new Map(
    text
      .split(',')
      .map((part) => part.trim())
      .filter(Boolean)
      .map((part) => {
        const [api = '', limit] = part.split('=');
        return [api, Number(limit)] as const;
      }),
  );
}

/** How often each API may be called per day and component by our own decision: so that no client uses up what all share. */
@Injectable()
export class BudgetService {
  private readonly budgets: ReadonlyMap<string, number>;
  private readonly known = new Map<string, { calls: number; at: number }>();

  constructor(
    private readonly dataSource: DataSource,
    config: BrokerConfig,
  ) {
    this.budgets = parseBudgets(config.WECHAT_DAILY_BUDGETS);
  }

  /** @throws DomainError `wechat-quota` when the day's budget for that path is used up */
  async require(componentAppid: string, path: string): Promise<void> {
    const budget = this.budgetOf(path);
    if (budget === undefined) return;
    const key = `${beijingDay()} ${componentAppid} ${path}`;
    let known = this.known.get(key);
    if (!known || Date.now() - known.at > BELIEVED_MS) {
      known = { calls: await this.count(componentAppid, path), at: Date.now() };
      if (this.known.size > 10_000) this.known.clear();
      this.known.set(key, known);
    }
    if (known.calls >= budget) {
      throw new DomainError(
        'wechat-quota',
        `${path} was called ${known.calls} times today; the budget of this deployment is ${budget}.`,
        {
          remedy: {
            en: 'Wait until midnight in Beijing, or have the operator raise WECHAT_DAILY_BUDGETS.',
            zh: '请等待北京时间零点后重试，或联系管理员调整 WECHAT_DAILY_BUDGETS。',
          },
          members: { api: path, calls: known.calls, budget },
        },
      );
    }
    known.calls += 1;
  }

  async counts(componentAppid: string, day: string): Promise<ApiCount[]> {
    const rows = await this.dataSource
      .getRepository(CallCountEntity)
      .find({ where: { componentAppid, day }, order: { api: 'ASC' } });
    return rows.map(({ api, calls, failures }) => ({
      api,
      calls: Number(calls),
      failures: Number(failures),
      budget: this.budgetOf(api) ?? null,
    }));
  }

  private budgetOf(path: string): number | undefined {
    return this.budgets.get(path) ?? this.budgets.get(path.slice(path.lastIndexOf('/') + 1));
  }

  private async count(componentAppid: string, path: string): Promise<number> {
    const row = await this.dataSource.getRepository(CallCountEntity).findOneBy({ componentAppid, api: path, day: beijingDay() });
    return Number(row?.calls ?? 0);
  }
}
