/** A Python process that holds one variant of the training step and takes steps when asked. */
import { type ChildProcessByStdio, spawn, spawnSync } from 'node:child_process';
import { globSync } from 'node:fs';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { fileURLToPath } from 'node:url';

const script = fileURLToPath(new URL('frameworks/step.py', import.meta.url));

/** As people write it; tuned; and with the gradient written out instead of automatic differentiation. */
export type VariantKind = 'plain' | 'tuned' | 'by hand';

interface Variant {
  /** As the script knows it: "torch/by-hand". */
  readonly id: string;
  /** Framework and version. */
  readonly version: string;
  readonly name: string;
  readonly kind: VariantKind;
}

export interface PythonInstallation {
  readonly path: string;
  readonly text: string;
  readonly variants: readonly Variant[];
}

const howToInstall: Readonly<Record<string, string>> = {
  torch: 'PIP install torch numpy',
  jax: 'PIP install jax',
};

/** What a Python has; null, with a sentence on standard error, where it has neither framework. */
export function describePython(path: string): PythonInstallation | null {
  const asked = spawnSync(path, [script, '--variants'], { encoding: 'utf8' });
  const line = asked.stdout?.trim().split('\n').at(-1) ?? '';
  if (asked.status !== 0 || line === '') {
    const why = asked.error?.message ?? asked.stderr.trim();
    console.error(`${path} is skipped: it can't run ${script} (${why}).`);
    return null;
  }
  const { python, frameworks } = JSON.parse(line) as {
    python: string;
    frameworks: Record<string, { version: string; variants: Record<string, VariantKind> }>;
  };
  const pip = `${path} -m pip`;
  for (const [framework, command] of Object.entries(howToInstall)) {
    if (framework in frameworks) continue;
    console.error(
      `${path} has no ${framework}, which is skipped; to install it: ${command.replace('PIP', pip)}`,
    );
  }
  const variants = Object.entries(frameworks).flatMap(([framework, { version, variants }]) =>
    Object.entries(variants).map(([name, kind]) => ({
      id: `${framework}/${name}`,
      version,
      name,
      kind,
    })),
  );
  if (variants.length === 0) return null;
  const versions = Object.values(frameworks).map(({ version }) => version);
  return { path, text: `${versions.join(', ')} in Python ${python}`, variants };
}

interface PythonStepOptions {
  readonly python: string;
  readonly folder: string;
  readonly variant: string;
  readonly threads: number;
  readonly kind: VariantKind;
}

interface Losses {
  readonly first: number;
  readonly afterTwenty: number;
}

function environment(threads: number, kind: VariantKind): NodeJS.ProcessEnv {
  const count = String(threads);
  const limits = {
    OMP_NUM_THREADS: count,
    MKL_NUM_THREADS: count,
    OPENBLAS_NUM_THREADS: count,
  };
  if (kind === 'plain') return { ...process.env, ...limits };
  return {
    ...process.env,
    ...limits,
    // OpenBLAS doesn't know newer processors and then takes its AVX2 kernels.
    ...(process.arch === 'x64' ? { OPENBLAS_CORETYPE: 'SkylakeX' } : {}),
    // Where both are installed: the one on pthreads fights with PyTorch's own OpenMP threads.
    LD_LIBRARY_PATH: [
      ...globSync('/usr/lib/*-linux-gnu/openblas-openmp'),
      ...(process.env.LD_LIBRARY_PATH ? [process.env.LD_LIBRARY_PATH] : []),
    ].join(':'),
    // Large buffers are kept and reused, on huge pages: otherwise every step pays for page faults.
    GLIBC_TUNABLES:
      'glibc.malloc.hugetlb=1:glibc.malloc.mmap_threshold=17179869184:glibc.malloc.trim_threshold=17179869184:glibc.malloc.top_pad=268435456',
  };
}

export class PythonStep {
  readonly #process: ChildProcessByStdio<Writable, Readable, Readable>;
  readonly #answers: AsyncIterator<string>;
  #errors = '';
  #lastMilliseconds = 0;

  constructor({ python, folder, variant, threads, kind }: PythonStepOptions) {
    this.#process = spawn(python, [script, folder, variant, String(threads)], {
      stdio: ['pipe', 'pipe', 'pipe'],
      env: environment(threads, kind),
    });
    this.#process.stderr.setEncoding('utf8').on('data', (text: string) => {
      this.#errors += text;
    });
    this.#answers = createInterface({ input: this.#process.stdout })[Symbol.asyncIterator]();
  }

  async #answer(): Promise<Record<string, number>> {
    while (true) {
      const { value, done } = await this.#answers.next();
      if (done) throw new Error(this.#errors.trim().split('\n').at(-1) || 'the process ended');
      if (value.startsWith('{')) return JSON.parse(value);
    }
  }

  /** Waits for the first steps; null, or why this variant doesn't count. */
  async ready(expected: Losses, tolerance: number): Promise<string | null> {
    try {
      const losses = await this.#answer();
      for (const name of ['first', 'afterTwenty'] as const) {
        if (!(Math.abs(losses[name] - expected[name]) <= tolerance)) {
          return `its loss (${name}) is ${losses[name]} and ours ${expected[name]}`;
        }
      }
      await this.#time(3);
      return null;
    } catch (error) {
      return error instanceof Error ? error.message : String(error);
    }
  }

  async #time(steps: number): Promise<number> {
    this.#process.stdin.write(`${steps}\n`);
    this.#lastMilliseconds = (await this.#answer()).ms;
    return this.#lastMilliseconds;
  }

  /** Milliseconds per step, over about `sample` milliseconds of steps. */
  milliseconds(sample: number): Promise<number> {
    return this.#time(Math.max(1, Math.round(sample / this.#lastMilliseconds)));
  }

  stop(): void {
    this.#process.stdin.end();
    this.#process.kill();
  }
}
