/**
 * The first name that occurs twice in one object of a JSON text, at any depth, or null. `JSON.parse`
 * silently keeps the last of two equal names, which hides a damaged or hostile file.
 *
 * @param text valid JSON: call `JSON.parse` first.
 */
export function duplicateKey(text: string): string | null {
  // One entry per open bracket: the names seen in an object, null for an array.
  const open: (Set<string> | null)[] = [];
  for (let i = 0; i < text.length; i++) {
    const character = text[i];
    if (character === '{') open.push(new Set());
    else if (character === '[') open.push(null);
    else if (character === '}' || character === ']') open.pop();
    else if (character === '"') {
      const start = i;
      for (i++; text[i] !== '"'; i++) if (text[i] === '\\') i++;
      const names = open.at(-1);
      if (!names || !isFollowedByColon(text, i + 1)) continue;
      const name: string = JSON.parse(text.slice(start, i + 1));
      if (names.has(name)) return name;
      names.add(name);
    }
  }
  return null;
}

function isFollowedByColon(text: string, from: number): boolean {
  let i = from;
  while (' \t\r\n'.includes(text[i] ?? ':')) i++;
  return text[i] === ':';
}
