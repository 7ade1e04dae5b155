import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { emptyNetwork } from '../model/network.ts';
import { productGroup } from '../task/abelian-group.ts';
import { argument, foldFrequency, networkSpectra, transformRows } from './dft.ts';
import { untrainedNetwork } from './test-networks.ts';

const rowsOf = (modulus: number) =>
  fc.array(fc.double({ min: -10, max: 10, noNaN: true }), {
    minLength: modulus,
    maxLength: modulus,
  });
const row = fc.integer({ min: 3, max: 40 }).chain(rowsOf);

test('the transform is the defining sum, for prime and for composite lengths', () => {
  fc.assert(
    fc.property(row, (values) => {
      const modulus = values.length;
      const { re, im, half } = transformRows(values, 1, modulus);
      for (let frequency = 0; frequency <= half; frequency++) {
        let real = 0;
        let imaginary = 0;
        values.forEach((value, x) => {
          real += value * Math.cos((2 * Math.PI * frequency * x) / modulus);
          imaginary -= value * Math.sin((2 * Math.PI * frequency * x) / modulus);
        });
        // 40 terms of size 10 in double precision, angles up to 2π·40: far below 1e-9.
        assert.ok(Math.abs(re[frequency] - real) < 1e-9);
        assert.ok(Math.abs(im[frequency] - imaginary) < 1e-9);
      }
    }),
  );
});

test('on a product of groups the transform is the product of those of its factors, at every element', () => {
  const group = productGroup([4, 3, 2]);
  const values = Float64Array.from({ length: 24 }, (_, x) => Math.sin(x * x) + (x % 5));
  const spectra = transformRows(values, 1, group);
  const digits = (x: number) => [Math.floor(x / 6), Math.floor(x / 2) % 3, x % 2];
  for (let omega = 0; omega < 24; omega++) {
    const [p, q, r] = digits(omega);
    let real = 0;
    let imaginary = 0;
    values.forEach((value, x) => {
      const [i, j, k] = digits(x);
      const angle = -2 * Math.PI * ((p * i) / 4 + (q * j) / 3 + (r * k) / 2);
      real += value * Math.cos(angle);
      imaginary += value * Math.sin(angle);
    });
    const { folded } = spectra.characters;
    const magnitude = Math.hypot(spectra.re[folded[omega]], spectra.im[folded[omega]]);
    // 24 terms of size 5 in double precision.
    assert.ok(Math.abs(magnitude - Math.hypot(real, imaginary)) < 1e-12);
    assert.ok(Math.abs(magnitude * Math.cos(argument(spectra, 0, omega)) - real) < 1e-12);
    assert.ok(Math.abs(magnitude * Math.sin(argument(spectra, 0, omega)) - imaginary) < 1e-12);
  }
});

test('Parseval: P · Σ x² is the energy of the spectrum with multiplicities', () => {
  fc.assert(
    fc.property(row, (values) => {
      const modulus = values.length;
      const { re, im, half, characters } = transformRows(values, 1, modulus);
      let energy = 0;
      for (let frequency = 0; frequency <= half; frequency++) {
        energy += characters.multiplicity[frequency] * (re[frequency] ** 2 + im[frequency] ** 2);
      }
      const expected = modulus * values.reduce((sum, value) => sum + value * value, 0);
      assert.ok(Math.abs(energy - expected) <= 1e-12 * expected + 1e-9);
    }),
  );
});

test('the spectra of a network are those of the rows of U and V and of the columns of W', () => {
  const modulus = 7;
  const network = untrainedNetwork(modulus, 3, 5);
  const { U, V, W } = networkSpectra(network);
  const third = (values: Float32Array) => transformRows(values.subarray(14), 1, modulus).re[2];
  assert.equal(U.re[2 * 4 + 2], third(network.U));
  assert.equal(V.re[2 * 4 + 2], third(network.V));
  const column = Float32Array.from({ length: modulus }, (_, c) => network.W[c * 3 + 2]);
  assert.equal(W.re[2 * 4 + 2], transformRows(column, 1, modulus).re[2]);
});

test('frequencies fold onto 0…⌊P/2⌋, and folding conjugates', () => {
  assert.equal(foldFrequency(3 * 5, 7), 1);
  assert.equal(foldFrequency(6, 7), 1);
  assert.equal(foldFrequency(6, 12), 6);
  assert.equal(foldFrequency(12, 12), 0);
  const wave = Array.from({ length: 7 }, (_, x) => Math.cos((2 * Math.PI * 2 * x) / 7 + 0.7));
  const spectra = transformRows(wave, 1, 7);
  assert.ok(Math.abs(argument(spectra, 0, 2) - 0.7) < 1e-12);
  assert.ok(Math.abs(argument(spectra, 0, 5) + 0.7) < 1e-12);
});

test('a network of zeros has a spectrum of zeros', () => {
  const { U } = networkSpectra(emptyNetwork(5, 2));
  assert.ok(U.re.every((value) => value === 0) && U.im.every((value) => Math.abs(value) === 0));
});
