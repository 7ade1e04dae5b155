/** What an instrument shows: the newest answer to its question, asked again when the network is another. */
import type { AnalysisName, Question, Reply } from '../analyst/analyses.ts';
import type { Lab } from './lab.svelte.ts';

export interface Analysis<Name extends AnalysisName> {
  readonly value: Reply<Name> | null;
  readonly isBusy: boolean;
  readonly error: string | null;
}

/**
 * To be called while a component is made. Asks only while `isVisible`. A `live` one is asked twice a second while the
 * network trains; others wait until it rests.
 */
export function analysis<Name extends AnalysisName>(
  labOf: () => Lab,
  name: Name,
  options: {
    readonly isVisible: () => boolean;
    readonly question: () => Question<Name>;
    readonly live?: boolean;
  },
): Analysis<Name> {
  let value = $state.raw<Reply<Name> | null>(null);
  let isBusy = $state(false);
  let error = $state<string | null>(null);
  let asked = '';

  $effect(() => {
    if (!options.isVisible()) return;
    const lab = labOf();
    const { bench } = lab;
    if (bench.started === null || (bench.status === 'playing' && options.live !== true)) return;
    const key = lab.subjectKey;
    const question = options.question();
    const whole = `${key} ${JSON.stringify(question)}`;
    if (whole === asked || (isBusy && bench.status === 'playing')) return;
    asked = whole;
    isBusy = true;
    lab
      .askOf(lab.which, name, question)
      .then((reply) => {
        if (asked !== whole) return;
        value = reply;
        error = null;
        isBusy = false;
      })
      .catch((reason: Error) => {
        if (asked !== whole) return;
        error = reason.message;
        isBusy = false;
      });
  });

  return {
    get value() {
      return value;
    },
    get isBusy() {
      return isBusy;
    },
    get error() {
      return error;
    },
  };
}
