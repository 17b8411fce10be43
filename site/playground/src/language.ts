// WebKitGTK reports the language `C` where the system has no locale. `Intl` does not take it, and uPlot passes it to `Intl`.
try {
  new Intl.NumberFormat(navigator.language);
} catch {
  Object.defineProperty(navigator, 'language', { value: 'en' });
}
