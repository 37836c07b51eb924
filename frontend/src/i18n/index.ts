// Every word on screen passes through t(); changing the language redraws it in place and keeps
// what the person was doing.
import i18next from 'i18next';
import { createSubscriber } from 'svelte/reactivity';
import type { Language, Names, None } from '../api/wire';

export const LANGUAGES = ['fr', 'nl', 'en'] as const satisfies readonly Language[];
export type LanguageLeftOut = None<Exclude<Language, (typeof LANGUAGES)[number]>>;

type Catalogue = Record<string, unknown>;
const files = import.meta.glob<Catalogue>('./{fr,nl,en}/*.json', {
  eager: true,
  import: 'default',
});

function resources(): Record<string, Record<string, Catalogue>> {
  const all: Record<string, Record<string, Catalogue>> = {};
  for (const [path, content] of Object.entries(files)) {
    const [, language, namespace] = /^\.\/(\w+)\/(\w+)\.json$/.exec(path) ?? [];
    if (!language || !namespace) continue;
    all[language] = { ...all[language], [namespace]: content };
  }
  return all;
}

void i18next.init({
  lng: pageLanguage(),
  fallbackLng: false,
  supportedLngs: [...LANGUAGES],
  resources: resources() as never,
  defaultNS: 'common',
  initAsync: false,
  interpolation: { escapeValue: false },
  returnNull: false,
});

const subscribe = createSubscriber((update) => {
  i18next.on('languageChanged', update);
  return () => i18next.off('languageChanged', update);
});

function pageLanguage(): Language {
  const lang = document.documentElement.lang.slice(0, 2);
  return isLanguage(lang) ? lang : 'fr';
}

export function isLanguage(value: string): value is Language {
  return (LANGUAGES as readonly string[]).includes(value);
}

export function language(): Language {
  subscribe();
  return i18next.language as Language;
}

/** t('common:since', { t }) — the namespace before the colon, "common" without one. */
export function t(key: string, values: Record<string, unknown> = {}): string {
  subscribe();
  return i18next.t(key, values) as string;
}

export function has(key: string): boolean {
  subscribe();
  return i18next.exists(key);
}

/** A code nobody translated yet is shown as itself: wrong-looking, but never silent. */
export function word(group: string, code: string): string {
  const key = `${group}.${code}`;
  return has(key) ? t(key) : code;
}

/** Django reads the cookie for the next page it renders; this page only swaps its words. */
export function setLanguage(next: Language): void {
  document.documentElement.lang = next;
  // biome-ignore lint/suspicious/noDocumentCookie: cookieStore is missing in Firefox and Safari.
  document.cookie = `django_language=${next};path=/;max-age=31536000;samesite=Lax`;
  void i18next.changeLanguage(next);
}

/** Names are never translated: English readers see the French one, and where a name is missing in
 *  the wanted language it is shown, and marked, as what it is. */
export function nameLanguage(names: Names, wanted: Language = language()): Language {
  return ([wanted, 'fr', 'nl'] as const).find((one) => names[one]) ?? 'fr';
}

export function nameIn(names: Names, wanted: Language = language()): string {
  return names[nameLanguage(names, wanted)] ?? '';
}
