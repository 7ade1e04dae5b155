/** The weights of a run in the playground's instruments, as if its file had been dropped there. */
import type { Lab } from '../state/lab.svelte.ts';
import { api } from './api.ts';

/** @throws ApiError where the run has no weights. */
export async function openRun(lab: Lab, name: string): Promise<void> {
  const { settings } = await api.run(name);
  const [model, rows] = await Promise.all([
    fetch(api.modelAddress(name)),
    fetch(api.rowsAddress(name)),
  ]);
  if (!model.ok) {
    // What there is without them: the run itself, trained here.
    lab.restart();
    return;
  }
  lab.open({
    model: { name: `${name}.safetensors`, bytes: new Uint8Array(await model.arrayBuffer()) },
    rows: rows.ok ? { name: `${name}.csv`, text: await rows.text() } : null,
    task: settings.task,
    activation: settings.activation,
  });
}
