/** How the API answers what went wrong, and what it demands of a request. */
import type { Context } from 'hono';
import { HTTPException } from 'hono/http-exception';
import { InputError, WorkError } from '../errors.ts';
import { SweepFileError } from '../sweep/index.ts';
import { storeTrouble } from './store-trouble.ts';
import type { ErrorJson } from './wire.ts';

/** Largest body of a request, in bytes. */
export const largestBody = 1 << 20;

/** The request asks for something that isn't there. */
export class NotFoundError extends InputError {
  override name = 'NotFoundError';
}

/** An error as an answer; whatever isn't known is told on the server's side alone. */
export function errorAnswer(
  error: Error,
  context: Context,
  place: string,
  tell: (text: string) => void,
): Response {
  const answer = (status: 400 | 404 | 413 | 415 | 500 | 503, body: ErrorJson) =>
    context.json(body, status, { 'Cache-Control': 'no-store' });
  const trouble = storeTrouble(error, place);
  if (trouble !== null) return answer(503, { error: trouble });
  if (error instanceof SweepFileError) {
    return answer(400, { error: error.message, problems: error.problems });
  }
  if (
    error instanceof NotFoundError ||
    (error instanceof InputError && /^There is no (run|sweep) /.test(error.message))
  ) {
    return answer(404, { error: error.message });
  }
  if (error instanceof InputError) return answer(400, { error: error.message });
  if (error instanceof HTTPException) {
    return answer(error.status as 400 | 413 | 415, { error: error.message });
  }
  if (error instanceof WorkError) return answer(500, { error: error.message });
  tell(`unexpected error: ${error.stack ?? error.message}`);
  return answer(500, { error: 'Something unexpected went wrong; the server has said what.' });
}

/** @throws HTTPException 415 */
export function demandType(context: Context, type: RegExp, name: string): void {
  const given = context.req.header('content-type') ?? '';
  if (!type.test(given)) {
    throw new HTTPException(415, { message: `Expected the content type ${name}.` });
  }
}

/** @throws InputError where the body isn't a JSON object. */
export async function jsonBody(context: Context): Promise<Record<string, unknown>> {
  demandType(context, /^application\/json\s*(;|$)/i, 'application/json');
  let body: unknown;
  try {
    body = JSON.parse(await context.req.text());
  } catch (error) {
    if (error instanceof SyntaxError) throw new InputError(`Expected JSON: ${error.message}.`);
    throw error;
  }
  if (typeof body !== 'object' || body === null || Array.isArray(body)) {
    throw new InputError('Expected a JSON object.');
  }
  return body as Record<string, unknown>;
}

/** A whole number in the query. @throws InputError */
export function count(context: Context, name: string, other: number, most: number): number {
  const text = context.req.query(name);
  if (text === undefined) return other;
  if (!/^\d{1,9}$/.test(text) || Number(text) > most) {
    throw new InputError(
      `Expected ${name} to be a whole number up to ${most}, got ${text.slice(0, 40)}.`,
    );
  }
  return Number(text);
}
