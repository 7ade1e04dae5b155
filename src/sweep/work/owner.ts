/** Who works on a run: the place where its number means one process, that number, and when the process began. */
import { readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';
import process from 'node:process';

/** This process, as an owner of runs. */
export function ownOwner(): string {
  return `${place()}:${process.pid}:${Math.round(performance.timeOrigin)}`;
}

/** Whether an owner is a process of this machine that has ended. */
export function isDead(owner: string): boolean {
  const match = /^(.*):(\d+):\d+$/.exec(owner);
  if (match === null || match[1] !== place() || owner === ownOwner()) return false;
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

/** The machine's name, and on Linux since when it runs and in which container: containers may share a name. */
function place(): string {
  try {
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim().slice(0, 8);
    const namespace = readlinkSync('/proc/self/ns/pid').replaceAll(/\D/g, '');
    return `${hostname()}:${boot}-${namespace}`;
  } catch {
    return hostname();
  }
}
