import { createContext, type ReactNode, useContext, useEffect, useMemo, useState } from 'react';
import { en } from './en.ts';
import { type Texts, zh } from './zh.ts';

export type Language = 'zh' | 'en';
const KEPT = 'wxplane.language';
const ALL: Readonly<Record<Language, Texts>> = { zh, en };

interface Value {
  readonly language: Language;
  readonly t: Texts;
  readonly setLanguage: (language: Language) => void;
}

const Context = createContext<Value | undefined>(undefined);

/** Chosen before, or the browser's, or Chinese. */
function initial(): Language {
  const kept = localStorage.getItem(KEPT);
  if (kept === 'zh' || kept === 'en') return kept;
  return navigator.languages.map((one) => one.slice(0, 2)).find((one): one is Language => one === 'zh' || one === 'en') ?? 'zh';
}

export function LanguageProvider({ children }: { readonly children: ReactNode }) {
  const [language, setLanguage] = useState(initial);
  useEffect(() => {
    document.documentElement.lang = language === 'zh' ? 'zh-CN' : 'en';
  }, [language]);
  const value = useMemo<Value>(
    () => ({
      language,
      t: ALL[language],
      setLanguage: (chosen) => {
        localStorage.setItem(KEPT, chosen);
        setLanguage(chosen);
      },
    }),
    [language],
  );
  return <Context value={value}>{children}</Context>;
}

export function useTexts(): Value {
  const value = useContext(Context);
  if (!value) throw new Error('no LanguageProvider');
  return value;
}

/** A text that an app gives in both languages, or in one. */
export const inLanguage = (text: string | { readonly en: string; readonly zh: string } | undefined, language: Language) =>
  typeof text === 'object' ? text[language] : text;
