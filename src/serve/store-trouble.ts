/** Whether an error says that the store is away or damaged, and not that the request was wrong. */
import { WorkError } from '../errors.ts';

/** The store can't be used now: the API answers 503 with this sentence. */
export class StoreAwayError extends WorkError {
  override name = 'StoreAwayError';
}

/** SQLSTATE classes: connection, resources, intervention, system and internal errors, authorisation; no such schema or table. */
const classes = /^(08|53|57|58|XX|28|3D|3F|42P01)/;
const network = /^(ECONN|EPIPE|ETIMEDOUT|ENOENT|EAI_|EHOST|ENET)/;

/** A sentence, or null where the error is about something else. */
export function storeTrouble(error: unknown, place: string): string | null {
  if (error instanceof StoreAwayError) return error.message;
  if (!(error instanceof Error)) return null;
  const isExplained = error.cause !== undefined && isOfDatabase(error.cause);
  if (isExplained) return error.message;
  return isOfDatabase(error) ? `The store ${place} can't be used: ${error.message}.` : null;
}

function isOfDatabase(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const { code, errcode } = error as { code?: unknown; errcode?: unknown };
  if (typeof errcode === 'number') return true;
  if (typeof code === 'string' && (classes.test(code) || network.test(code))) return true;
  return /database is not open|has been finalized|connection terminated|timeout exceeded when trying to connect|not queryable|driver has already been destroyed/i.test(
    error.message,
  );
}
