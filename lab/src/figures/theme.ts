/** The value of one of the page's colours as it is now: custom properties alone say light and dark. */
export function token(name: string): string {
  const probe = document.createElement('i');
  probe.style.color = `var(${name})`;
  document.body.append(probe);
  const { color } = getComputedStyle(probe);
  probe.remove();
  return color;
}

/** Calls back when light and dark change. */
export function onTheme(callback: () => void): () => void {
  const observer = new MutationObserver(callback);
  observer.observe(document.documentElement, { attributeFilter: ['data-theme'] });
  const preferred = matchMedia('(prefers-color-scheme: dark)');
  preferred.addEventListener('change', callback);
  return () => {
    observer.disconnect();
    preferred.removeEventListener('change', callback);
  };
}
