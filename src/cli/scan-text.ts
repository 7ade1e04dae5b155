/** The scan's answer in words, as `scan`, `extract` and `demo` print it. */
import type { Evidence, PartEvidence, ScanResult } from '../analysis/results.ts';
import { pValue, styled, table } from './terminal.ts';

export function scanText(scan: ScanResult): string {
  const { weights, logits, answers } = scan.evidence;
  const verdict =
    scan.rule === null
      ? `${styled('bold', 'No significant rule')} among ${scan.rulesScanned.toLocaleString('en')} scanned at level ${scan.level}. The strongest was ${scan.best.text}:`
      : `Rule in the network: ${styled(['bold', 'green'], scan.rule.text)}`;
  const row = (name: string, statistic: string, evidence: Evidence) => [
    name,
    statistic,
    evidence.z.toFixed(1),
    pValue(evidence.log10PValue),
  ];
  const rows = [
    ['Evidence in', 'statistic', 'z', 'corrected p'],
    row('weights (triads)', `T = ${weights.T.toFixed(1)}`, weights),
  ];
  const mean = (value: number) => `mean ${value.toFixed(3)}`;
  const part = (name: string, { pairs, ...evidence }: PartEvidence) => {
    rows.push(row(`  logits, ${pairs} ${name}`, mean(evidence.logits.statistic), evidence.logits));
  };
  if (logits !== null) rows.push(row('logits, all pairs', mean(logits.statistic), logits));
  if (scan.cleanTrain !== null) part('clean training pairs', scan.cleanTrain);
  if (scan.noisyTrain !== null) part('noisy training pairs', scan.noisyTrain);
  if (scan.heldOut !== null) part('held-out pairs', scan.heldOut);
  if (answers !== null) {
    rows.push(row('answers, all pairs', `${answers.statistic} agree`, answers));
  }
  const lines = [verdict, table(rows)];
  if (scan.heldOut !== null && scan.rule !== null) {
    // One-sided at the scan's level, on one rule that other evidence has already named.
    const carried = scan.heldOut.logits.z > 3;
    lines.push(
      carried
        ? 'The network itself carries the rule to pairs it never saw.'
        : 'The rule is stored, but the network does not carry it to pairs it never saw: extraction does.',
    );
  }
  return lines.join('\n');
}
