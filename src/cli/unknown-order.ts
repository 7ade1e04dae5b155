/** `--basis unknown`: the order of the tokens is looked for, and the rest is said in that order. */
import {
  inversePermutation,
  permuteTokens,
  type RecoveredOrder,
  recoverOrder,
} from '../analysis/index.ts';
import type { Backend } from '../compute/index.ts';
import { InputError } from '../errors.ts';
import type { Network } from '../model/network.ts';
import { type Dataset, type Roles, rolesOf } from '../task/index.ts';
import type { LoadedModel } from './load-model.ts';
import { notice, pValue, styled } from './terminal.ts';

/** A model whose tokens bear the numbers of their places, with what was known of them renamed alike. */
export interface ReorderedModel {
  readonly recovered: RecoveredOrder;
  readonly roles: Roles | null;
}

/**
 * Looks for the order of a model's tokens in its weights and in its answers (`recoverOrder`, seed 0).
 * @throws InputError where the activation isn't known: then the network can't answer.
 */
export function reorder(
  { network, activation, dataset }: LoadedModel,
  level: number,
  backend: Backend,
): ReorderedModel {
  if (activation === null) {
    throw new InputError(
      '--basis unknown needs the activation, for it asks what the network answers: give --activation relu, quadratic, gelu or reverse-relu.',
    );
  }
  notice(`Looking for the order of the ${network.modulus} tokens in weights and answers.`);
  const recovered = recoverOrder(network, activation, backend, { seed: 0, level });
  const roles = dataset === null ? null : rolesOf(renamed(dataset, recovered.order));
  return { recovered, roles };
}

/** What was found, as data: the search, and the place of every token. */
export function orderJson({ source, found, log10PValue, score, order }: RecoveredOrder) {
  const places = (mode: Uint16Array) => Array.from(mode);
  return {
    found,
    source,
    log10PValue,
    score,
    order: { a: places(order.a), b: places(order.b), c: places(order.c) },
  };
}

/** What was found, in words. */
export function orderText({ source, found, log10PValue, order }: RecoveredOrder): string {
  if (!found) {
    return `${styled('bold', 'No order of the tokens was found')} in which the network follows c = a + b (mod P). Only cyclic groups are looked for, and with much noise none can be found (docs/coherence.md, section 8).`;
  }
  const tokens = (mode: Uint16Array) => inversePermutation(mode).join(' ');
  // A network that has memorised its labels answers them: an order found there may be known from the labels alone.
  const where =
    source === 'weights'
      ? 'the weights'
      : 'the answers (on memorised pairs the training labels themselves)';
  return [
    `${styled(['bold', 'green'], 'An order of the tokens was found')} in ${where}, in which the network follows c = a + b: p ${pValue(log10PValue)} over all orders. Tokens by place:`,
    `a  ${tokens(order.a)}`,
    `b  ${tokens(order.b)}`,
    `c  ${tokens(order.c)}`,
    'Below, tokens bear the numbers of their places.',
  ].join('\n');
}

/** A part of the reordered network with its tokens named as they were. */
export function inOwnTokens(part: Network, { a, b, c }: RecoveredOrder['order']): Network {
  return permuteTokens(part, inversePermutation(a), inversePermutation(b), inversePermutation(c));
}

function renamed(dataset: Dataset, order: RecoveredOrder['order']): Dataset {
  return {
    ...dataset,
    a: dataset.a.map((token) => order.a[token]),
    b: dataset.b.map((token) => order.b[token]),
    label: dataset.label.map((token) => order.c[token]),
    trueLabel: dataset.trueLabel?.map((token) => order.c[token]) ?? null,
  };
}
