"""Confident learning (cleanlab) on predicted probabilities, for bench/audit.ts.

    python confident_learning.py FOLDER

FOLDER has problem.json (rows, classes, names of the settings), labels.i32 [rows] and NAME.f32 [rows, classes]:
out-of-sample probabilities. Prints one JSON document: for every setting the label quality scores (the lower, the
likelier the label is wrong) and which rows each filter calls issues; null with a reason where cleanlab refuses.
"""

import json
import sys
import warnings
from pathlib import Path

import cleanlab
import numpy as np
from cleanlab.filter import find_label_issues
from cleanlab.rank import get_label_quality_scores

SCORES = ["self_confidence", "normalized_margin"]
FILTERS = ["prune_by_noise_rate", "confident_learning", "predicted_neq_given"]


def attempt(make):
    """What `make` gives as a list, or null and why not."""
    try:
        return {"values": np.asarray(make()).tolist(), "why": None}
    except (ValueError, IndexError, ZeroDivisionError) as error:
        return {"values": None, "why": str(error).splitlines()[0]}


def main() -> None:
    folder = Path(sys.argv[1])
    problem = json.loads((folder / "problem.json").read_text())
    rows, classes = problem["rows"], problem["classes"]
    labels = np.fromfile(folder / "labels.i32", dtype=np.int32)
    found = {}
    for name in problem["settings"]:
        probabilities = np.fromfile(folder / f"{name}.f32", dtype=np.float32)
        probabilities = probabilities.reshape(rows, classes).astype(np.float64)
        probabilities /= probabilities.sum(axis=1, keepdims=True)
        found[name] = {
            "scores": {
                method: attempt(
                    lambda method=method: get_label_quality_scores(
                        labels, probabilities, method=method
                    )
                )
                for method in SCORES
            },
            "issues": {
                method: attempt(
                    lambda method=method: find_label_issues(
                        labels, probabilities, filter_by=method, n_jobs=1
                    )
                )
                for method in FILTERS
            },
        }
    print(json.dumps({"version": cleanlab.__version__, "settings": found}))


if __name__ == "__main__":
    warnings.filterwarnings("ignore")
    main()
