"""Reads an export in every format and prints what it found as JSON, as docs/export.md does it."""

import json
import pathlib
import sys

import pandas as pd
import pyarrow.parquet as pq
from safetensors import safe_open
from safetensors.numpy import load_file

folder = pathlib.Path(sys.argv[1])

runs = pd.read_parquet(folder / "runs.parquet")
done = runs[runs["status"] == "done"]
means = done.groupby(["noiseRatio", "width"])["test"].agg(["mean", "std", "count"])

metrics = pd.read_parquet(folder / "metrics.parquet")
curves = metrics.merge(done[["name", "width", "seed"]], left_on="run", right_on="name")

csv_runs = pd.read_csv(folder / "runs.csv")
csv_metrics = pd.read_csv(folder / "metrics.csv")

index = pd.read_csv(folder / "index.csv")
weights = {}
for row in index.itertuples():
    tensors = load_file(folder / row.file)
    with safe_open(folder / row.file, "numpy") as file:
        metadata = file.metadata()
    weights[row.name] = {
        "shapes": {name: list(tensor.shape) for name, tensor in tensors.items()},
        "sum": sum(float(tensor.astype("float64").sum()) for tensor in tensors.values()),
        "width": int(metadata["width"]),
    }

print(
    json.dumps(
        {
            "types": {
                field.name: str(field.type)
                for field in pq.read_schema(folder / "runs.parquet")
            },
            "tests": dict(zip(done["name"], done["test"])),
            "means": [[*key, row["mean"], row["count"]] for key, row in means.iterrows()],
            "points": len(metrics),
            "curves": len(curves),
            "csvAgrees": bool(
                csv_metrics["loss"].equals(metrics["loss"])
                and csv_runs["test"].equals(runs["test"])
                and (csv_runs["tied"] == runs["tied"]).all()
                and (pd.to_datetime(csv_runs["created"]) == runs["created"]).all()
            ),
            "weights": weights,
        }
    )
)
