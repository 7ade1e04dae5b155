/** Where a store is: a file, or a server. */
import { InputError } from '../errors.ts';

/** Whether a place is on a server, reachable from other machines. */
export function isServer(place: string): boolean {
  return /^postgres(ql)?:/i.test(place);
}

/** `postgres://user:secret@host/db` → `postgres://user@host/db`. @throws InputError */
export function withoutPassword(url: string): string {
  let parsed: URL;
  try {
    parsed = new URL(url);
  } catch {
    throw new InputError(
      'The store is no address: expected postgres://USER:PASSWORD@HOST:PORT/DATABASE.',
    );
  }
  parsed.password = '';
  for (const name of ['password', 'sslpassword']) parsed.searchParams.delete(name);
  return parsed.toString();
}
