// Runs before anything is painted: chooses light or dark, so that the page does not flash, and names its language.
(() => {
  const stored = (key) => {
    try {
      return localStorage.getItem(key);
    } catch {
      return null; // a browser that keeps nothing shows what its system prefers
    }
  };
  const choice = stored('tracardi-theme');
  const dark = choice === 'dark' || (choice !== 'light' && matchMedia('(prefers-color-scheme: dark)').matches);
  const page = document.documentElement;
  page.setAttribute('data-mantine-color-scheme', dark ? 'dark' : 'light');
  const language = stored('tracardi-language');
  if (language) page.lang = language;
})();
