import process from 'node:process';
import { notice } from './terminal.ts';

/**
 * Runs `work` with a signal that Ctrl-C (SIGINT) and SIGTERM set. The first one asks the work to stop
 * cleanly; a second one ends the process at once. `what` says what becomes of what there is.
 */
export async function interruptible<T>(
  work: (signal: AbortSignal) => Promise<T>,
  what = 'what there is will be written',
): Promise<T> {
  const controller = new AbortController();
  const onSignal = () => {
    if (controller.signal.aborted) process.exit(130);
    notice(`\nStopping after this step; ${what}. Press Ctrl-C again to quit at once.`);
    controller.abort();
  };
  process.on('SIGINT', onSignal);
  process.on('SIGTERM', onSignal);
  try {
    return await work(controller.signal);
  } finally {
    process.off('SIGINT', onSignal);
    process.off('SIGTERM', onSignal);
  }
}
