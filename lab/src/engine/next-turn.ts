const { port1, port2 } = new MessageChannel();
let resume: (() => void) | null = null;
port1.onmessage = () => resume?.();

/** Lets waiting messages have their turn; unlike a timeout, without the 4 ms that browsers add to nested ones. */
export function nextTurn(): Promise<void> {
  return new Promise((resolve) => {
    resume = resolve;
    port2.postMessage(null);
  });
}
