// Loaded before an app (`node --import`): its wall clock is CLOCK_SKEW_MS ahead of the machine's, or behind it. Timers and the
// monotonic clock stay as they are, as on a machine whose clock was set wrongly.
const skewMs = Number(process.env['CLOCK_SKEW_MS'] ?? 0);
const now = () => performance.timeOrigin + performance.now() + skewMs;

globalThis.Date = new Proxy(Date, {
  construct: (target, args, newTarget) => Reflect.construct(target, args.length === 0 ? [now()] : args, newTarget),
  get: (target, name, receiver) => (name === 'now' ? () => Math.floor(now()) : Reflect.get(target, name, receiver)),
});
