/** Whether a lab's server stands behind the page; it marks the page that it serves. A static host doesn't. */
export const isLab = document.querySelector('meta[name="undertone-lab"]') !== null;

const asked = new URLSearchParams(location.search);

/** The lab's own pages, or the playground on the same server. */
export const showsLab = isLab && !asked.has('playground');

/** The run whose weights the playground is to open. */
export const runToOpen = isLab ? asked.get('open') : null;
