/** Times and sizes as the lab writes them. */
const space = '\u00a0';

/** "0.8 s", "12 s", "3 min", "2.5 h". */
export function duration(seconds: number): string {
  if (seconds < 9.95) return `${seconds.toFixed(1)}${space}s`;
  if (seconds < 99.5) return `${Math.round(seconds)}${space}s`;
  if (seconds < 5970) return `${Math.round(seconds / 60)}${space}min`;
  if (seconds < 172_800) return `${(seconds / 3600).toFixed(1)}${space}h`;
  return `${Math.round(seconds / 86_400)}${space}days`;
}

/** "just now", "5 min ago", "Nov 26". */
export function ago(time: number, now: number): string {
  const seconds = (now - time) / 1000;
  if (seconds < 45) return 'just now';
  if (seconds < 5400) return `${Math.round(seconds / 60)}${space}min ago`;
  if (seconds < 86_400) return `${Math.round(seconds / 3600)}${space}h ago`;
  return new Date(time).toLocaleDateString('en', { month: 'short', day: 'numeric' });
}

export function moment(time: number): string {
  return new Date(time).toLocaleString('en', { dateStyle: 'medium', timeStyle: 'short' });
}

export function bytes(size: number): string {
  return size < 1e9
    ? `${Math.max(1, Math.round(size / 1e6))}${space}MB`
    : `${(size / 1e9).toFixed(1)}${space}GB`;
}

export function plural(number: number, what: string): string {
  return `${number.toLocaleString('en')}${space}${what}${number === 1 ? '' : 's'}`;
}
