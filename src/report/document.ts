import { createHash } from 'node:crypto';
import { escapeHtml } from './html.ts';
import { pageScript, pageStyle } from './page-style.ts';

/**
 * One self-contained HTML file around `main`, which is HTML: loads nothing from anywhere, and no script
 * runs in it but the page's own, which adds the theme button. `style` comes after the page's.
 */
export function documentHtml(title: string, main: string, style = ''): string {
  const scriptHash = createHash('sha256').update(pageScript).digest('base64');
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src data:; style-src 'unsafe-inline'; script-src 'sha256-${scriptHash}'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>Undertone: ${escapeHtml(title)}</title>
<style>${pageStyle}${style}</style>
<script>${pageScript}</script>
</head>
<body>
<header class="page-head"><span><b>Undertone</b> what a network knows underneath what it says</span><button type="button" class="theme" aria-label="Change between light and dark">Dark</button></header>
<main>
${main}
</main>
</body>
</html>
`;
}
