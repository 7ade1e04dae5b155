/** A text from a file as it may stand in a one-line message: quoted, escaped, cut short. */
export function quote(text: string): string {
  const quoted = JSON.stringify(text.slice(0, 200));
  return quoted.length > 60 ? `${quoted.slice(0, 60)}…` : quoted;
}
