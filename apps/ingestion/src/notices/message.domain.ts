import type { ChannelEntity } from '#persistence';
import { type Notice, SEVERITIES, type Words } from './notice-kinds.domain.js';

export interface MessageOptions {
  readonly language: ChannelEntity['language'];
  /** The console's address without a slash at its end; `undefined`: no links. */
  readonly consoleUrl: string | undefined;
  readonly component: string;
  readonly maxBytes: number;
}

export interface Message {
  readonly subject: string;
  readonly text: string;
}

/** Whom a group is about is named so often; the command names all. */
const NAMED = 5;

/**
 * One message of several events: what belongs together is one entry with its number, the most urgent first. What does not fit is counted.
 */
export function messageOf(notices: readonly Notice[], options: MessageOptions): Message {
  const groups = [...Map.groupBy(notices, ({ group }) => group).values()].sort(
    ([a], [b]) => SEVERITIES.indexOf(b!.severity) - SEVERITIES.indexOf(a!.severity),
  );
  const entries = groups.map((group) => entryOf(group, options));
  const first = inLanguage(headOf(groups[0]!), options.language, ' / ');
  const more = groups.length > 1 ? ` (+${groups.length - 1})` : '';
  const head = `[wxplane ${options.component}]`;
  return { subject: `${head} ${first}${more}`, text: fitting(head, entries, options) };
}

function headOf(group: readonly Notice[]): Words {
  const { title } = group[0]!;
  if (group.length === 1) return title;
  return { zh: `${title.zh} × ${group.length}`, en: `${title.en} × ${group.length}` };
}

function entryOf(group: readonly Notice[], { language, consoleUrl }: MessageOptions): string {
  const [one] = group;
  const { detail, path, command } = one!;
  const lines = [
    inLanguage(headOf(group), language, '\n'),
    group.length === 1 ? inLanguage(detail, language, '\n') : named(group),
  ];
  const link = consoleUrl && `${consoleUrl}${path}`;
  return [...lines, `$ wxplane ${command}`, link].filter(Boolean).join('\n');
}

function named(group: readonly Notice[]): string {
  const about = [...new Set(group.map((notice) => notice.about).filter(Boolean))];
  const rest = about.length - NAMED;
  return about.slice(0, NAMED).join(', ') + (rest > 0 ? ` … +${rest}` : '');
}

function inLanguage({ zh, en }: Words, language: MessageOptions['language'], between: string): string {
  if (language !== 'both') return language === 'zh' ? zh : en;
  return zh === en ? zh : `${zh}${between}${en}`;
}

function fitting(head: string, entries: readonly string[], { language, maxBytes }: MessageOptions): string {
  let text = head;
  for (const [index, entry] of entries.entries()) {
    const left = entries.length - index;
    const rest = inLanguage(
      { zh: `另有 ${left} 项：wxplane rollout list`, en: `${left} more: wxplane rollout list` },
      language,
      '\n',
    );
    const room = maxBytes - Buffer.byteLength(text) - Buffer.byteLength(rest) - 4;
    if (Buffer.byteLength(entry) <= room) text += `\n\n${entry}`;
    // The first one is told in any case: as much of it as there is room for.
    else return `${text}\n\n${index === 0 ? `${cut(entry, room)}…` : rest}`;
  }
  return text;
}

/** At most so many bytes of UTF-8, and no half character. */
function cut(text: string, bytes: number): string {
  const part = Buffer.from(text).subarray(0, Math.max(0, bytes)).toString('utf8');
  return part.replace(/\uFFFD+$/, '');
}
