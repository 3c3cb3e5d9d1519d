import { useEffect, useState } from 'react';

const THEMES = ['system', 'light', 'dark'] as const;
export type Theme = (typeof THEMES)[number];
const KEPT = 'wxplane.theme';

const isTheme = (text: string | null): text is Theme => (THEMES as readonly (string | null)[]).includes(text);

/** @returns what is chosen, and the step to the next one */
export function useTheme(): readonly [Theme, () => void] {
  const [theme, setTheme] = useState<Theme>(() => {
    const kept = localStorage.getItem(KEPT);
    return isTheme(kept) ? kept : 'system';
  });
  useEffect(() => {
    const system = matchMedia('(prefers-color-scheme: dark)');
    const apply = () =>
      document.documentElement.classList.toggle('dark', theme === 'dark' || (theme === 'system' && system.matches));
    apply();
    system.addEventListener('change', apply);
    return () => system.removeEventListener('change', apply);
  }, [theme]);
  const next = () => {
    const chosen = THEMES[(THEMES.indexOf(theme) + 1) % THEMES.length]!;
    localStorage.setItem(KEPT, chosen);
    setTheme(chosen);
  };
  return [theme, next];
}
