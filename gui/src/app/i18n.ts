import i18next from 'i18next';
import { initReactI18next } from 'react-i18next';
import { preferences, type Language } from './preferences';

type Words = Record<string, unknown>;

// Each folder has its words beside its code; they are loaded with the page that needs them.
const files = import.meta.glob<Words>(['./locales/*.json', '../features/*/{en,pl}.json'], { import: 'default' });

function fileOf(language: string, namespace: string): string {
  return namespace === 'app' ? `./locales/${language}.json` : `../features/${namespace}/${language}.json`;
}

/** Prepares the words of the shell in the language of the person. */
export async function startLanguage() {
  await i18next
    .use({
      type: 'backend',
      init() {},
      read(language: string, namespace: string, done: (error: unknown, words: Words | null) => void) {
        const load = files[fileOf(language, namespace)];
        if (!load) return done(new Error(`there are no words of ${namespace} in ${language}`), null);
        load().then((words) => done(null, words), (error: unknown) => done(error, null));
      },
    })
    .use(initReactI18next)
    .init({
      lng: preferences.get().language,
      fallbackLng: false,
      ns: ['app'],
      defaultNS: 'app',
      interpolation: { escapeValue: false }, // React escapes
      react: { useSuspense: true },
    });
  document.documentElement.lang = i18next.language;
}

/** Changes the language of everything that is shown. */
export async function changeLanguage(language: Language) {
  await i18next.changeLanguage(language);
  document.documentElement.lang = language;
  preferences.set({ language });
}

/** Takes language and time zone of the workspace, where the person chose none. */
export async function takeDefaults(defaults: { language?: string; zone?: string }) {
  preferences.suggest(defaults);
  const { language } = preferences.get();
  if (language === i18next.language) return;
  await i18next.changeLanguage(language);
  document.documentElement.lang = language;
}

/** Loads the words of features, before a page of theirs is shown. */
export async function loadWords(namespaces: string | string[]) {
  const missing = () => [namespaces].flat().filter((namespace) => !i18next.hasResourceBundle(i18next.language, namespace));
  await i18next.loadNamespaces(namespaces);
  if (missing().length > 0) await i18next.reloadResources(i18next.language, missing()); // what failed once is not asked for otherwise
  if (missing().length > 0) throw new Error(`the words of ${missing().join(', ')} could not be loaded`);
}
