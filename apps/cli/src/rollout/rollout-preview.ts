import type { RolloutPreview as Preview } from '#openapi/release';
import { counted, localTime } from '../shell/output.js';

/** Problems that are listed one by one; more are counted. */
const SHOWN = 20;

type Told = Pick<Preview, 'targets' | 'ready' | 'problems'> & Partial<Preview>;

/** Some messages begin with what they are about. */
const about = (path: string, message: string) => (message.startsWith(path) ? message : `${path} ${message}`);

export function explain({
  targets,
  ready,
  problems,
  warnings = [],
  problem_groups,
  forecast,
  left_out,
  held,
  rings,
}: Told): string {
  const few = problems.length <= SHOWN;
  const groups = problem_groups ?? [];
  return [
    `${ready} of ${counted(targets, 'mini program is ready', 'mini programs are ready')}`,
    ...(rings?.length ? [`  rings: ${rings.map(({ name, targets: many }) => `${name} ${many}`).join(' · ')}`] : []),
    ...(left_out ? [`  ${counted(left_out, 'mini program is', 'mini programs are')} left out`] : []),
    ...(held ? [`  ${counted(held, 'mini program is', 'mini programs are')} skipped or awaited: not_ready says why`] : []),
    ...(few ? problems.map(({ authorizer_appid, path, message }) => `  ${authorizer_appid}  ${about(path, message)}`) : []),
    ...(few
      ? []
      : groups.map(
          ({ path, message, count, authorizer_appids }) =>
            `  ${count} × ${about(path, message)}, such as ${authorizer_appids[0]}`,
        )),
    ...(few ? [] : [`  "leave_out": ${JSON.stringify(groups.map(({ path }) => path))} in the specification leaves these out`]),
    ...[...new Set(warnings.map(({ path, message }) => `  warning: ${about(path, message)}`))].slice(0, SHOWN),
    ...(forecast && forecast.later > 0 ? [`  ${quotaLine(forecast)}`] : []),
    '',
  ].join('\n');
}

/** Such as `312 of 500 submissions fit this month (12 of other rollouts counted); the rest from 2027-01-01 00:00 +08:00`. */
function quotaLine({ fit, needed, others, renewed_at }: NonNullable<Preview['forecast']>): string {
  const counting = others > 0 ? ` (${others} of other rollouts counted)` : '';
  return `${fit} of ${counted(needed, 'submission fits', 'submissions fit')} this month${counting}; the rest from ${localTime(renewed_at)}`;
}
