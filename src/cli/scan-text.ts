/** The scan's answer in words, as `scan`, `extract` and `demo` print it. */
import type { Evidence, PartEvidence, ScanResult } from '../analysis/results.ts';
import { whereFound } from '../report/strongest-evidence.ts';
import { pValue, styled, table } from './terminal.ts';

export function scanText(scan: ScanResult): string {
  const { weights, logits, answers, interaction } = scan.evidence;
  const rules = scan.rulesScanned.toLocaleString('en');
  const verdict =
    scan.rule === null
      ? `${styled('bold', 'No significant rule')} among ${rules} scanned at level ${scan.level}. The strongest was ${scan.best.text}:`
      : scan.partial
        ? `${styled('bold', 'No single rule')} of these groups explains the network. The nearest is ${styled('bold', scan.rule.text)}, with significant evidence in its ${whereFound(scan)}.`
        : `Rule identified by the scan: ${styled(['bold', 'green'], scan.rule.text)}, with significant evidence in its ${whereFound(scan)}${followed(scan)}.`;
  const row = (name: string, statistic: string, evidence: Evidence) => [
    name,
    statistic,
    evidence.z.toFixed(1),
    pValue(evidence.log10PValue),
  ];
  const rows = [
    ['Evidence in', 'statistic', 'z', 'p'],
    row('weights (triads)', `T = ${weights.T.toFixed(1)}`, weights),
  ];
  const mean = (value: number) => `mean ${value.toFixed(3)}`;
  const parts: string[][] = [];
  const part = (name: string, evidence: PartEvidence | null) => {
    if (evidence === null) return;
    const { pairs } = evidence;
    parts.push(row(`  logits, ${pairs} ${name}`, mean(evidence.logits.statistic), evidence.logits));
  };
  if (logits !== null) rows.push(row('logits, all pairs', mean(logits.statistic), logits));
  if (answers !== null) {
    rows.push(row('answers, all pairs', `${answers.statistic} agree`, answers));
  }
  if (interaction !== null) {
    rows.push(row('… beneath label counts', `${interaction.statistic} agree`, interaction));
  }
  part('clean training pairs', scan.cleanTrain);
  part('noisy training pairs', scan.noisyTrain);
  part('held-out pairs', scan.heldOut);
  const correction =
    parts.length === 0 || !scan.significant
      ? `p is corrected for ${compared(scan)}.`
      : `p is corrected for ${compared(scan)}; indented, it is for this one rule.`;
  const lines = [verdict, table([...rows, ...parts]), styled('dim', correction)];
  if (scan.bases.length === 1 && scan.basis !== 'cyclic') {
    lines.push(
      `Only the ${scan.basis} basis was tried: a rule of another group leaks into it (--basis auto tells them apart).`,
    );
  }
  lines.push(...basesText(scan));
  const carried = carriedText(scan);
  if (carried !== null) lines.push(carried);
  return lines.join('\n');
}

/** How much of what the network says is the rule: memorised wrong labels aren't, nor is a table it fits in part. */
function followed({ evidence, pairs }: ScanResult): string {
  if (evidence.answers === null) return '';
  return `; ${evidence.answers.statistic} of its ${pairs} answers follow it`;
}

/** What p is corrected for. */
function compared({ bases, rulesScanned }: ScanResult): string {
  return bases.length === 1
    ? `all ${rulesScanned.toLocaleString('en')} rules scanned`
    : `all rules of its basis, the kinds of evidence and the ${bases.length} bases tried`;
}

/** What else is significant in other bases, and why that isn't another rule: the strongest of each sort. */
function basesText({ bases, basis }: ScanResult): string[] {
  return (['also', 'leakage'] as const).flatMap((verdict) => {
    const found = bases.filter((one) => one.verdict === verdict);
    const agreement = found[0]?.agreement ?? null;
    if (agreement === null) return [];
    const [{ basis: name, best, log10PValue }] = found;
    const more = found.length === 1 ? '' : `, and so are rules of ${found.length - 1} other bases`;
    const first = `In the ${name} basis ${best.text} is significant too (p ${pRelation(log10PValue)})${more}`;
    const { pairs, expected, offRule } = agreement;
    if (verdict === 'leakage') {
      return [
        `${first}: leakage of the ${basis} rule, with which it agrees on ${pairs} pairs where chance has ${expected.toFixed(0)}.`,
      ];
    }
    const off =
      offRule === null
        ? 'whether that is leakage of the named rule isn’t known without training labels'
        : `of the training labels that don't follow the named rule, ${offRule.matches} follow this one, where chance has ${offRule.expected.toFixed(0)} (p ${pRelation(offRule.log10PValue)})`;
    return [`${first}: ${off}.`];
  });
}

/** Whether the network itself follows the rule on pairs it never saw; null where that isn't the question. */
export function carriedText({
  significant,
  carried,
  heldOut,
}: Pick<ScanResult, 'significant' | 'carried' | 'heldOut'>): string | null {
  if (!significant || carried === null || heldOut === null) return null;
  const { kind, log10PValue } = carried;
  const found = `${kind}: z = ${heldOut[kind].z.toFixed(1)}, p ${pRelation(log10PValue)}`;
  switch (carried.verdict) {
    case 'carried':
      return `The network itself carries the rule to pairs it never saw (${found}).`;
    case 'against':
      return `The rule is stored, but on pairs it never saw the network speaks against it (${found} for so little or less).`;
    case 'not shown':
      return `The rule is stored; that the network itself carries it to pairs it never saw is not shown (${found}).`;
  }
}

/** "= 0.012", "< 1e-100". */
function pRelation(log10: number): string {
  const text = pValue(log10);
  return text.startsWith('<') ? text : `= ${text}`;
}
