import { useEffect, useState } from 'react';
import { useTexts } from '../i18n/language.tsx';
import type { Texts } from '../i18n/zh.ts';

const SHOWN = new Map<string, Intl.DateTimeFormat>();

/** WeChat's day begins in Beijing: quotas and windows are told in its time, wherever somebody sits. */
function beijing(language: string): Intl.DateTimeFormat {
  const known = SHOWN.get(language);
  if (known) return known;
  const made = new Intl.DateTimeFormat(language === 'zh' ? 'zh-CN' : 'en-GB', {
    timeZone: 'Asia/Shanghai',
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    hourCycle: 'h23',
  });
  SHOWN.set(language, made);
  return made;
}

/** How long, by the largest unit that fits. */
export function duration(seconds: number, t: Texts): string {
  const s = Math.max(0, Math.round(seconds));
  if (s < 90) return t.time.seconds(s);
  if (s < 90 * 60) return t.time.minutes(Math.round(s / 60));
  if (s < 36 * 3_600) return t.time.hours(Math.round(s / 3_600));
  return t.time.days(Math.round(s / 86_400));
}

/** The present, moved on now and then, so that what is relative to it does not grow old. */
export function useNow(everyMs = 15_000): number {
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), everyMs);
    return () => clearInterval(timer);
  }, [everyMs]);
  return now;
}

/** When: how long ago for what is recent, and the exact time for a pointer, a copy and a machine. */
export function When({ at, exact = false }: { readonly at: string | null | undefined; readonly exact?: boolean }) {
  const { t, language } = useTexts();
  const now = useNow();
  if (!at) return <span>{t.none}</span>;
  const time = Date.parse(at);
  const whole = `${beijing(language).format(time)} ${t.time.zone}`;
  const agoS = (now - time) / 1_000;
  const relative = !exact && agoS >= 0 && agoS < 36 * 3_600;
  return (
    <time dateTime={at} title={relative ? `${whole} (${at})` : at}>
      {relative ? t.time.ago(duration(agoS, t)) : whole}
    </time>
  );
}
