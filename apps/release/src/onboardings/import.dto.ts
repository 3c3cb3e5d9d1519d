import { ArrayMaxSize, IsArray, IsObject, IsOptional, IsString, MaxLength } from 'class-validator';
import type { OnboardingGoal, OnboardingStart } from '#persistence';
import { OnboardingFieldError } from './onboarding.dto.js';

export const MOST_ORDERS = 500;

/** Orders of many merchants: `orders` or `csv`. */
export class OnboardingImport {
  /** Each as `POST onboardings` takes it. */
  @IsOptional() @IsArray() @ArrayMaxSize(MOST_ORDERS) @IsObject({ each: true }) readonly orders?: Record<string, unknown>[];
  /** A line each; columns by their path, such as `registration.name`; with `:json` behind it a column holds JSON. */
  @IsOptional() @IsString() @MaxLength(900_000) readonly csv?: string;
  /** What is common to all of them: template, categories, certification, parts of the form. */
  @IsOptional() @IsObject() readonly defaults?: Record<string, unknown>;
}

export class OnboardingImportRow {
  /** Beginning with 1. */
  readonly row!: number;
  readonly reference!: string | null;
  readonly label!: string | null;
  readonly start!: OnboardingStart | null;
  readonly goal!: OnboardingGoal | null;
  readonly steps!: string[];
  /** Names of papers that have to be uploaded to the order. */
  readonly papers!: string[];
  /** `new`, `there` (the same order already), `different` (one with that reference and other data), `wrong`. */
  readonly state!: 'new' | 'there' | 'different' | 'wrong';
  /** Of the order that is there, or was made. */
  readonly onboarding_id!: string | null;
  readonly problems!: OnboardingFieldError[];
}

export class OnboardingImportView {
  readonly total!: number;
  /** Ordered by this request, or those that would be. */
  readonly new!: number;
  readonly there!: number;
  /** With problems: while there are any, nothing is ordered. */
  readonly wrong!: number;
  readonly rows!: OnboardingImportRow[];
}
