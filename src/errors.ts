/**
 * Wrong usage or bad input: the message is one sentence that says what was expected, what came and
 * what to do. The command line prints it without a stack trace and exits with code 2.
 */
export class InputError extends Error {
  override name = 'InputError';
}

/** The work itself failed (a full disk, a diverged training): exit code 1. */
export class WorkError extends Error {
  override name = 'WorkError';
}
