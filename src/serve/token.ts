/** The secret that a server which others can reach demands. */
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { InputError } from '../errors.ts';

export function newToken(): string {
  return randomBytes(24).toString('base64url');
}

/** @throws InputError for one that is easily guessed or doesn't fit into an address. */
export function checkToken(token: string): string {
  if (!/^[\w.~-]{16,256}$/.test(token)) {
    throw new InputError(
      'Expected a token of 16 to 256 letters, digits, or . _ ~ -; leave --token out and one is made.',
    );
  }
  return token;
}

/** Takes the same time whatever the difference is. */
export function isSameToken(given: string, token: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(given), digest(token));
}
