/** Where a store is: a file, or a server. */

/** Whether a place is on a server, reachable from other machines. */
export function isServer(place: string): boolean {
  return /^postgres(ql)?:/i.test(place);
}
