import { InvalidArgumentError, Option } from 'commander';
import { wrongUse } from './failure.js';
import { readTextFile } from './text-file.js';

/** The same flag in every command that is about one component. */
export const componentOption = () =>
  new Option('--component <appid>', 'the third-party platform; default: the only one that is configured');

export const limitOption = (standard: number) => new Option('--limit <n>', 'at most so many').argParser(count).default(standard);

export const idempotencyOption = (what: string) =>
  new Option('--idempotency-key <key>', `the same key never makes a second ${what}`);

/** A whole number of 0 or more. */
export function whole(text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new InvalidArgumentError('must be a whole number');
  return Number(text);
}

/** A whole number of 1 or more. */
export function count(text: string): number {
  const number = whole(text);
  if (number < 1) throw new InvalidArgumentError('must be a whole number above 0');
  return number;
}

/** What the broker takes as `rate_limit_per_s`. */
export function rate(text: string): number {
  const perS = Number(text);
  if (!(perS >= 0.1 && perS <= 100_000)) throw new InvalidArgumentError('must be a number from 0.1 to 100000');
  return perS;
}

/** Parts joined by commas. */
export function list(text: string): string[] {
  return text
    .split(',')
    .map((part) => part.trim())
    .filter(Boolean);
}

/** An ISO date or time. */
export function date(text: string): Date {
  const value = new Date(text);
  if (Number.isNaN(value.getTime())) throw new InvalidArgumentError('is not an ISO date.');
  return value;
}

/** @throws CliError wrong use, that names the file and not what is in it */
export function jsonFile(path: string): Record<string, unknown> {
  const text = readTextFile(path);
  try {
    const document: unknown = JSON.parse(text);
    if (typeof document === 'object' && document !== null) return document as Record<string, unknown>;
  } catch {
    // Said below.
  }
  throw wrongUse(`${path} is not a JSON object`);
}

/** Lines under "Example:" in a command's help. */
export const examples = (...lines: string[]) =>
  `\nExample${lines.length > 1 ? 's' : ''}:\n${lines.map((line) => `  npm run wxplane -- ${line}\n`).join('')}`;
