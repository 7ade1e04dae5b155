"""Right and wrong labels in the first epochs, α = 0.05. Made by Undertone; needs matplotlib."""
import csv
import pathlib

import matplotlib.pyplot as plt

here = pathlib.Path(__file__).parent
with open(here / "mnist-noise-first-accuracy-0.05.csv", newline="", encoding="utf-8") as file:
    rows = list(csv.DictReader(file))

X, Y, LOW, HIGH = "epoch", "accuracy", "low", "high"
SERIES, FACET = "which", "rate"
LINES = [
    ("y", 10, "", None),
]
COLOURS = ["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#7f7f7f"]
MARKERS = ["o", "s", "^", "D", "v", "P", "X"]


def number(row, column, scale=1):
    return float(row[column]) * scale if row[column] else float("nan")


def values(column):
    return list(dict.fromkeys(row[column] for row in rows)) if column else [None]


facets, series = values(FACET), values(SERIES)
figure, axes = plt.subplots(1, len(facets), figsize=(3.4 * len(facets), 3), sharey=True, squeeze=False)
for axis, facet in zip(axes[0], facets):
    for i, name in enumerate(series):
        part = [r for r in rows if (not FACET or r[FACET] == facet) and (not SERIES or r[SERIES] == name)]
        if not part:
            continue
        xs = [r[X] for r in part]
        ys = [number(r, Y, 100) for r in part]
        style = dict(color=COLOURS[i % len(COLOURS)], marker=MARKERS[i % len(MARKERS)], markersize=4, label=name)
        axis.plot(xs, ys, linewidth=1.5, **style)
        if LOW and HIGH:
            lows = [number(r, LOW, 100) for r in part]
            highs = [number(r, HIGH, 100) for r in part]
            axis.fill_between(xs, lows, highs, color=style["color"], alpha=0.2, linewidth=0)
    for which, value, label, only in LINES:
        if only is None or only == facet:
            draw = axis.axhline if which == "y" else axis.axvline
            draw(value, color="0.5", linestyle=":", linewidth=1)
    axis.set_xlabel("epoch")
    if facet is not None:
        axis.set_title(facet, fontsize=10)
axes[0][0].set_ylabel("given back, %")
if SERIES:
    axes[0][-1].legend(fontsize=7, frameon=False)
figure.tight_layout()
figure.savefig(here / "mnist-noise-first-accuracy-0.05.pdf")
