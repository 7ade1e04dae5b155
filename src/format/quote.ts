/** A text from a file as it may stand in a one-line message: quoted, escaped, cut short. */
export function quote(text: string): string {
  // JSON leaves C1 controls, DEL and marks that turn the direction of writing as they are.
  const quoted = JSON.stringify(text.slice(0, 200)).replaceAll(
    /\p{Cc}|\p{Bidi_Control}/gu,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
  return quoted.length > 60 ? `${quoted.slice(0, 60)}…` : quoted;
}
