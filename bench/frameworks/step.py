"""
One variant of the training step, ready to be timed in turn with others.

    python step.py --variants             one line of JSON: what is installed here and its variants
    python step.py FOLDER VARIANT THREADS reads the problem, takes 21 steps and answers with the loss
                                          before the first and the last of them; then, for every number
                                          of steps on standard input, with the milliseconds per step

VARIANT is FRAMEWORK/NAME. FOLDER holds problem.json {modulus, width, samples} and the arrays as raw
little-endian files: U.f32, V.f32 [width, modulus], W.f32 [modulus, width], mu.f32, a.i32, b.i32, label.i32.
"""

import importlib
import json
import os
import sys
import time

FRAMEWORKS = {"torch": "torch_step", "jax": "jax_step"}


def installed():
    found = {}
    for framework, module in FRAMEWORKS.items():
        try:
            found[framework] = importlib.import_module(module)
        except Exception as error:  # A broken installation fails in many ways.
            print(f"{framework}: {type(error).__name__}: {error}", file=sys.stderr)
    return found


def read_problem(folder):
    import numpy

    with open(os.path.join(folder, "problem.json"), encoding="utf-8") as file:
        problem = json.load(file)
    P, M = problem["modulus"], problem["width"]
    for name, shape in {"U": (M, P), "V": (M, P), "W": (P, M), "mu": (P,)}.items():
        values = numpy.fromfile(os.path.join(folder, f"{name}.f32"), dtype="<f4")
        problem[name] = values.reshape(shape)
    for name in ("a", "b", "label"):
        problem[name] = numpy.fromfile(os.path.join(folder, f"{name}.i32"), dtype="<i4")
    return problem


def answer(**values):
    print(json.dumps(values), flush=True)


def main():
    if sys.argv[1:] == ["--variants"]:
        answer(
            python=sys.version.split()[0],
            frameworks={
                name: {"version": module.version(), "variants": module.variants()}
                for name, module in installed().items()
            },
        )
        return
    folder, variant, threads = sys.argv[1], sys.argv[2], int(sys.argv[3])
    framework, name = variant.split("/")
    if framework == "jax":
        # JAX has no setting for its threads: it takes as many as the process may run on.
        os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[-threads:])
    module = importlib.import_module(FRAMEWORKS[framework])
    step = module.create(name, read_problem(folder), threads)
    losses = [float(step()) for _ in range(21)]
    answer(first=losses[0], afterTwenty=losses[20])
    for line in sys.stdin:
        steps = int(line)
        start = time.perf_counter()
        for _ in range(steps):
            loss = step()
        float(loss)  # Waits for what has only been started.
        answer(ms=(time.perf_counter() - start) * 1000 / steps)


if __name__ == "__main__":
    main()
