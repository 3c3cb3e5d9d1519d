/** What features ask of tracing. Nothing of OpenTelemetry is loaded for it: while tracing is off, nothing happens here. */
export interface Traces {
  /** What is being done now, as a W3C `traceparent`; `undefined`: it belongs to no trace. */
  current(): string | undefined;
  /** Does `work` as part of that trace; `undefined` or `null`: of none, whatever set it going. */
  continue<T>(traceparent: string | null | undefined, work: () => T): T;
  /** Names the request that is being answered, by its route template: for what is answered before the framework. */
  route(template: string): void;
}

const off: Traces = { current: () => undefined, continue: (_, work) => work(), route() {} };
let running = off;

export const traces: Traces = {
  current: () => running.current(),
  continue: (traceparent, work) => running.continue(traceparent, work),
  route: (template) => running.route(template),
};

/** @param on `undefined`: tracing ends. */
export function useTraces(on: Traces | undefined): void {
  running = on ?? off;
}
