/** A symbol of more characters than this would break a table. */
const mostCharacters = 24;

/**
 * A symbol, a column's name or a file's as a terminal may show it: control characters (ESC, line breaks), those
 * that turn the direction of writing and halves of pairs become "�", and what is beyond 24 characters "…".
 */
export function shown(symbol: string, most = mostCharacters): string {
  const characters = [
    ...symbol.replaceAll(/\p{Cc}|\p{Cs}|\p{Bidi_Control}|[\u2028\u2029]/gu, '\uFFFD'),
  ];
  return characters.length <= most
    ? characters.join('')
    : `${characters.slice(0, most - 1).join('')}…`;
}
