/** Who works on a run: the machine, the process, and when it began, for numbers of processes come again. */
import { hostname } from 'node:os';
import process from 'node:process';

/** This process, as an owner of runs. */
export function ownOwner(): string {
  return `${hostname()}:${process.pid}:${Math.round(performance.timeOrigin)}`;
}

/** Whether an owner is a process of this machine that has ended. */
export function isDead(owner: string): boolean {
  const match = /^(.*):(\d+):\d+$/.exec(owner);
  if (match === null || match[1] !== hostname() || owner === ownOwner()) return false;
  const pid = Number(match[2]);
  // Of this process's own number there can be no other.
  if (pid === process.pid) return true;
  try {
    process.kill(pid, 0);
    return false;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ESRCH';
  }
}
