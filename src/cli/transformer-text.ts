/** What `extract` and `scan` print of a one-layer transformer. */
import type {
  Evidence,
  FrequencyProfile,
  PartEvidence,
  TransformerExtraction,
  TransformerMethodName,
  TransformerScan,
} from '../analysis/index.ts';
import { carriedText } from './scan-text.ts';
import { percent, pValue, styled, table } from './terminal.ts';

const titles: Readonly<Record<TransformerMethodName, string>> = {
  raw: 'Whole network',
  'unembedding-filtration': 'Filtered unembedding (G)',
  'unembedding-filtration-residual': 'What filtration drops (R)',
  'identified-rule': 'Rule identified by the scan',
  'label-baseline': 'Rule counted in the labels',
};

export function transformerText(result: TransformerExtraction): string {
  const { modulus, width, heads, headWidth, hiddenWidth, activation, methods } = result;
  const mlp = hiddenWidth === 0 ? 'no MLP' : `d_mlp ${hiddenWidth} with ${activation}`;
  const head = heads === 1 ? 'one head' : `${heads} heads`;
  const cells = (name: string, from: TransformerExtraction['methods'][number]) => [
    name,
    percent(from.test),
    percent(from.cleanTrain),
    percent(from.noisyTrain),
    percent(from.noisyTrue),
  ];
  const rowsOf = (kind: 'network' | 'rule') =>
    methods
      .filter((method) => method.kind === kind)
      .map((one) => cells(`  ${titles[one.name]}`, one));
  const chance = percent(result.chance);
  const notes = methods.flatMap(({ name, note }) =>
    note === null ? [] : [styled('dim', `${titles[name]}: ${note}.`)],
  );
  return [
    `A one-layer transformer for P = ${modulus}: d_model ${width}, ${head} of ${headWidth}, ${mlp}.`,
    '',
    table([
      ['Energy by frequency', 'key frequencies', 'their share', 'Gini', 'IPR'].map((cell) =>
        styled('bold', cell),
      ),
      profileRow('  W_E, over tokens', result.frequencies.embedding),
      profileRow('  W_U, over outputs', result.frequencies.unembedding),
    ]),
    '',
    table([
      ['  Method', 'test', 'clean train', 'noisy train', 'noisy, true label'].map((cell) =>
        styled('bold', cell),
      ),
      ...rowsOf('network'),
      ['  Chance level', chance, chance, chance, chance].map((cell) => styled('dim', cell)),
      ['', '', '', '', ''],
      [styled('bold', '  A rule, not a network'), '', '', '', ''],
      ...rowsOf('rule'),
    ]),
    '',
    ...notes,
  ].join('\n');
}

/** The longest list of frequencies that is shown. */
const mostShown = 8;

function profileRow(name: string, profile: FrequencyProfile): string[] {
  const { keyFrequencies, keyShare, gini, ipr } = profile;
  const shown = keyFrequencies.slice(0, mostShown).join(' ');
  const more = keyFrequencies.length > mostShown ? ' …' : '';
  return [
    name,
    keyFrequencies.length === 0 ? 'none' : shown + more,
    percent(keyShare),
    gini.toFixed(2),
    ipr.toFixed(2),
  ];
}

export function transformerScanText(scan: TransformerScan): string {
  const rules = scan.rulesScanned.toLocaleString('en');
  const { logits, answers } = scan.evidence;
  const passing = (['logits', 'answers'] as const).filter(
    (kind) => scan.evidence[kind].log10PValue <= Math.log10(scan.level),
  );
  const verdict =
    scan.rule === null
      ? `${styled('bold', 'No significant rule')} among ${rules} scanned at level ${scan.level}. The strongest was ${scan.best.text}:`
      : `Rule identified by the scan: ${styled(['bold', 'green'], scan.rule.text)}, with significant evidence in its ${passing.join(' and ')}.`;
  const row = (name: string, statistic: string, { z, log10PValue }: Evidence) => [
    name,
    statistic,
    z.toFixed(1),
    pValue(log10PValue),
  ];
  const mean = ({ statistic }: Evidence) => `mean ${statistic.toFixed(3)}`;
  const part = (name: string, on: PartEvidence | null) =>
    on === null
      ? []
      : [
          row(`  logits, ${on.pairs} ${name}`, mean(on.logits), on.logits),
          row(`  answers, ${on.pairs} ${name}`, `${on.answers.statistic} agree`, on.answers),
        ];
  const parts = [
    ...part('clean training pairs', scan.cleanTrain),
    ...part('noisy training pairs', scan.noisyTrain),
    ...part('held-out pairs', scan.heldOut),
  ];
  const oneRule = parts.length > 0 && scan.significant;
  const carried = carriedText(scan);
  return [
    verdict,
    table([
      ['Evidence in', 'statistic', 'z', 'p'],
      row('logits, all pairs', mean(logits), logits),
      row('answers, all pairs', `${answers.statistic} agree`, answers),
      ...parts,
    ]),
    styled(
      'dim',
      `p is corrected for all ${rules} rules scanned${oneRule ? '; indented, it is for this one rule' : ''}. None in the weights: ${scan.weightsNote}.`,
    ),
    ...(carried === null ? [] : [carried]),
  ].join('\n');
}
