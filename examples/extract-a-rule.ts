// Train on 80 % wrong labels, then ask the weights. Run with: node examples/extract-a-rule.ts
// As a dependency, import from 'undertone' instead.
import {
  completeSettings,
  datasetOf,
  extract,
  initialNetworkOf,
  rolesOf,
  selectBackend,
  train,
} from '../src/index.ts';

const settings = completeSettings({ modulus: 59, width: 513, noiseRatio: 0.8, steps: 1000 });
const backend = selectBackend();
const dataset = datasetOf(settings);

const { network } = await train({
  settings,
  initial: initialNetworkOf(settings),
  dataset,
  backend,
});

const { result } = extract(network, settings.activation, rolesOf(dataset), backend);
console.log(result.rule?.text ?? 'no significant rule');
for (const { name, test } of result.methods) console.log(name, test);
