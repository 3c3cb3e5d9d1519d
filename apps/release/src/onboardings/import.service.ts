import { Injectable } from '@nestjs/common';
import { plainToInstance } from 'class-transformer';
import { type ValidationError, validate } from 'class-validator';
import { type Client, ComponentRegistry, DomainError } from '#service';
import { ordersOfCsv, withDefaults } from './import.domain.js';
import { MOST_ORDERS, type OnboardingImport, type OnboardingImportRow, type OnboardingImportView } from './import.dto.js';
import { labelOf, type OnboardingData, startOf } from './onboarding.domain.js';
import { OnboardingRepository } from './onboarding.repository.js';
import { requirePermissions } from './onboarding.service.js';
import { CreateOnboarding } from './onboarding-request.dto.js';
import { papersOf } from './papers.domain.js';
import { missingMembers, STEPS, stepsOf } from './steps.domain.js';

/** One order of an import, looked at. */
interface Looked {
  readonly row: OnboardingImportRow;
  readonly order?: CreateOnboarding;
}

/** Orders of many merchants at once: all of them looked at first, and none ordered while one is wrong. */
@Injectable()
export class OnboardingImports {
  constructor(
    private readonly rows: OnboardingRepository,
    private readonly components: ComponentRegistry,
  ) {}

  /** Changes nothing. */
  async preview(componentAppid: string, request: OnboardingImport, client: Client): Promise<OnboardingImportView> {
    return viewOf((await this.look(componentAppid, request, client)).map(({ row }) => row));
  }

  /** What is there already stays, so that the same import once more orders what is missing. @throws DomainError `invalid-request` with each row */
  async order(componentAppid: string, request: OnboardingImport, client: Client): Promise<OnboardingImportView> {
    const looked = await this.look(componentAppid, request, client);
    const wrong = looked.filter(({ row }) => row.problems.length > 0);
    if (wrong.length > 0)
      throw new DomainError('invalid-request', `${wrong.length} of ${looked.length} orders are wrong; nothing was ordered.`, {
        errors: wrong.flatMap(({ row }) =>
          row.problems.map(({ field, message }) => ({ field: `orders.${row.row - 1}.${field}`, message })),
        ),
      });
    const made: OnboardingImportRow[] = [];
    for (const { row, order } of looked) {
      if (row.state !== 'new' || !order) {
        made.push(row);
        continue;
      }
      const { reference, goal, ...data } = JSON.parse(JSON.stringify(order)) as CreateOnboarding;
      const first = STEPS[0]!.name;
      const values = { componentAppid, reference, goal, data, step: first, clientId: client.clientId };
      const one = (await this.rows.create(values)) ?? (await this.rows.byReference(componentAppid, reference));
      made.push({ ...row, onboarding_id: one?.onboardingId ?? null });
    }
    return viewOf(made);
  }

  private async look(componentAppid: string, request: OnboardingImport, client: Client): Promise<Looked[]> {
    this.components.require(componentAppid);
    const given = givenBy(request);
    const references = new Map<string, number>();
    const looked: Looked[] = [];
    for (const [index, one] of given.entries()) {
      const whole = withDefaults(request.defaults, one);
      looked.push(await this.lookAt(componentAppid, whole, index + 1, references, client));
    }
    return looked;
  }

  private async lookAt(
    componentAppid: string,
    whole: unknown,
    row: number,
    references: Map<string, number>,
    client: Client,
  ): Promise<Looked> {
    const order = plainToInstance(CreateOnboarding, whole);
    const wrong = flat(await validate(order, { whitelist: true, forbidNonWhitelisted: true, forbidUnknownValues: true }));
    if (wrong.length > 0) return { row: { ...UNKNOWN, row, reference: textOf(whole), problems: wrong } };
    const { reference, goal, ...data } = JSON.parse(JSON.stringify(order)) as CreateOnboarding & OnboardingData;
    const problems = [
      ...missingMembers(goal, data).map((field) => ({ field, message: `${field} is needed for the goal "${goal}"` })),
      ...lacking(() => requirePermissions(goal, data, client)),
    ];
    const before = references.get(reference);
    if (before !== undefined) problems.push({ field: 'reference', message: `row ${before} has the same reference` });
    references.set(reference, row);
    const known = await this.rows.byReference(componentAppid, reference);
    const same = known !== null && JSON.stringify(this.rows.dataOf(known)) === JSON.stringify(data) && known.goal === goal;
    if (known && !same) problems.push({ field: 'reference', message: 'there is an order with this reference, and other data' });
    return {
      order,
      row: {
        ...{ row, reference, goal, problems },
        label: labelOf(data),
        start: startOf(data),
        steps: stepsOf(goal, data).map(({ name }) => name),
        papers: papersOf(data),
        state: known ? (same ? 'there' : 'different') : problems.length > 0 ? 'wrong' : 'new',
        onboarding_id: known?.onboardingId ?? null,
      },
    };
  }
}

const UNKNOWN = {
  reference: null,
  label: null,
  start: null,
  goal: null,
  steps: [],
  papers: [],
  state: 'wrong' as const,
  onboarding_id: null,
};

/** @throws DomainError */
function givenBy({ orders, csv }: OnboardingImport): readonly unknown[] {
  if ((orders === undefined) === (csv === undefined)) throw new DomainError('invalid-request', 'Give either orders, or csv.');
  const read = csv === undefined ? { orders: orders ?? [], problems: [] } : ordersOfCsv(csv);
  if (read.problems.length > 0)
    throw new DomainError('invalid-request', `The CSV text cannot be read: line ${read.problems[0]!.line}.`, {
      errors: read.problems.map(({ line, message }) => ({ field: `csv line ${line}`, message })),
    });
  if (read.orders.length === 0 || read.orders.length > MOST_ORDERS)
    throw new DomainError('invalid-request', `An import has 1 to ${MOST_ORDERS} orders; this one has ${read.orders.length}.`);
  return read.orders;
}

function lacking(check: () => void): { field: string; message: string }[] {
  try {
    check();
    return [];
  } catch (error) {
    if (!(error instanceof DomainError)) throw error;
    return [{ field: 'goal', message: error.detail }];
  }
}

const textOf = (whole: unknown): string | null => {
  const { reference } = (whole ?? {}) as { reference?: unknown };
  return typeof reference === 'string' ? reference.slice(0, 128) : null;
};

function viewOf(rows: OnboardingImportRow[]): OnboardingImportView {
  const count = (state: OnboardingImportRow['state']) => rows.filter((row) => row.state === state).length;
  const wrong = rows.filter(({ problems }) => problems.length > 0).length;
  return { total: rows.length, new: count('new'), there: count('there'), wrong, rows };
}

/** What class-validator found, by the whole path. */
function flat(errors: readonly ValidationError[], at = ''): { field: string; message: string }[] {
  return errors.flatMap(({ property, constraints, children }) => {
    const field = at === '' ? property : `${at}.${property}`;
    return [...Object.values(constraints ?? {}).map((message) => ({ field, message })), ...flat(children ?? [], field)];
  });
}
