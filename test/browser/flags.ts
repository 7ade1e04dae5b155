/** How Chromium is started for tests: as root, on a machine that reaches nothing but itself. */
export const browserFlags = [
  ...['--no-sandbox', '--disable-quic', '--no-first-run', '--disable-background-networking'],
  ...['--disable-component-update', '--disable-sync'],
];
