/** What is online before a rollback, as `rollback_from` keeps it. */
export interface Before {
  readonly version: string | null;
  /** Unix seconds. */
  readonly time: number | null;
}
