/** Lets signals, messages and drawing have their turn, in Node and in browsers. */
export function nextMacrotask(): Promise<void> {
  const defer = globalThis.setImmediate ?? globalThis.setTimeout;
  return new Promise((resolve) => {
    defer(resolve);
  });
}
