#!/usr/bin/env python3
"""Prints the tables of Tests/ASTKitTests/Training/Evaluation: logits, and the measures that
scikit-learn computes from them. Run by hand in a throw-away environment:

  python3 -m venv DIR && DIR/bin/pip install scikit-learn
  DIR/bin/python scripts/check-measures.py            prints ScikitLearnTable.swift
  DIR/bin/python scripts/check-measures.py --several  prints ScikitLearnSetsTable.swift, of clips
                                                      with several classes
  DIR/bin/python scripts/check-measures.py --compare  tells whether the files are these, 1 if not
"""
import difflib, math, pathlib, random, sys, warnings

import numpy as np
from sklearn import metrics

warnings.filterwarnings("ignore")
draw = random.Random(8)


def case(name, classes, labels, step=1 / 64, spread=2.0, pull=1.5, repeated=0):
    """Logits that are multiples of `step`, so that 32 bits hold them as they are printed; a
    coarse step gives ties within and between clips, `repeated` makes clips with equal logits."""
    rows = []
    for i, label in enumerate(labels):
        if i < repeated and rows:
            rows.append(rows[0])
            continue
        row = [draw.gauss(0, spread) for _ in range(classes)]
        row[label] += pull
        rows.append([round(z / step) * step for z in row])
    return name, classes, labels, rows


def cases():
    def labels(count, among):
        return [draw.choice(among) for _ in range(count)]

    yield case("random", 4, labels(24, range(4)))
    yield case("ties", 3, labels(40, range(3)), step=1.0, spread=1.0, pull=1.0)
    yield case("equal clips", 3, labels(16, range(3)), repeated=8)
    yield case("all equal", 3, [0, 1, 2, 2, 1, 2], spread=0.0, pull=0.0)
    yield case("absent classes", 6, labels(16, [1, 2, 4]))
    yield case("two classes", 2, labels(20, range(2)), step=0.25, spread=1.0)
    yield case("one class occurs", 3, [1] * 8)
    yield case("one clip", 3, [2])
    yield case("one class in all", 1, [0, 0, 0])
    yield case("many classes", 12, labels(20, range(12)), spread=3.0)
    yield case("far apart", 3, labels(20, range(3)), spread=60.0, pull=20.0)


def softmax(row):
    exps = [math.exp(z - max(row)) for z in row]
    # In the order of the classes: numpy's order of addition would part what is tied.
    total = 0.0
    for value in exps:
        total += value
    return [value / total for value in exps]


def measures(classes, labels, rows):
    truth = np.array(labels)
    logits = np.array(rows, dtype=np.float64)
    scores = np.array([softmax(row) for row in rows])
    predicted = logits.argmax(axis=1)
    present = sorted(set(labels))
    precisions, areas = [], []
    for k in range(classes):
        own = (truth == k).astype(int)
        precisions.append(
            metrics.average_precision_score(own, scores[:, k]) if own.any() else None)
        both = own.any() and not own.all()
        areas.append(metrics.roc_auc_score(own, scores[:, k]) if both else None)
    each = dict(labels=list(range(classes)), average=None, zero_division=0)
    mean = dict(labels=present, average="macro", zero_division=0)
    # Of equal scores scikit-learn takes the class with the higher index first, petl that with the
    # lower one, as argmax does: with the classes in reverse order both take the same.
    reverse = logits[:, ::-1]
    top = []
    for k in (1, 2, 3):
        if classes < 3:
            # Two columns are no scores for scikit-learn's top-k; what is below is its definition.
            order = np.argsort(-logits, axis=1, kind="stable")[:, :k]
            top.append(float((order == truth[:, None]).any(axis=1).mean()))
        else:
            top.append(metrics.top_k_accuracy_score(
                classes - 1 - truth, reverse, k=k, labels=list(range(classes))))
    losses = [-math.log(p[label]) if p[label] > 1e-290 else
              max(row) + math.log(sum(math.exp(z - max(row)) for z in row)) - row[label]
              for row, p, label in zip(rows, scores, labels)]
    return {
        "averagePrecisions": precisions,
        "rocAreas": areas,
        "precisions": metrics.precision_score(truth, predicted, **each),
        "recalls": metrics.recall_score(truth, predicted, **each),
        "f1s": metrics.f1_score(truth, predicted, **each),
        "macroPrecision": metrics.precision_score(truth, predicted, **mean),
        "macroRecall": metrics.recall_score(truth, predicted, **mean),
        "macroF1": metrics.f1_score(truth, predicted, **mean),
        "microF1": metrics.f1_score(
            truth, predicted, labels=list(range(classes)), average="micro", zero_division=0),
        "topK": top,
        "logLoss": sum(losses) / len(losses),
    }


def swift(value):
    if value is None:
        return "nil"
    if isinstance(value, (list, tuple, np.ndarray)):
        return "[" + ", ".join(swift(x) for x in value) + "]"
    if isinstance(value, (int, np.integer)):
        return str(int(value))
    return repr(float(value)).removesuffix(".0")


def wrapped(text, indent):
    """A list that is too long for a line, several values a line."""
    if len(indent + text) <= 98:
        return indent + text
    name, values = text.split("[", 1)
    lines, line = [indent + name + "["], indent + "  "
    for value in values.rstrip("],").split(", "):
        if len(line + value + ", ") > 99:
            lines.append(line.rstrip())
            line = indent + "  "
        line += value + ", "
    return "\n".join(lines + [line.rstrip(), indent + "],"])


def table():
    yield "// Printed by scripts/check-measures.py, which see; do not edit."
    yield "// swift-format-ignore-file"
    yield ""
    yield "/// Logits and what scikit-learn computes from them and their softmax."
    yield "struct ScikitLearnCase {"
    yield "  let name: String"
    yield "  let labels: [Int]"
    yield "  /// `[clips · classes]`"
    yield "  let logits: [Float]"
    yield "  /// `nil` where scikit-learn has no value."
    yield "  let averagePrecisions: [Double?], rocAreas: [Double?]"
    yield "  let precisions: [Double], recalls: [Double], f1s: [Double]"
    yield "  let macroPrecision: Double, macroRecall: Double, macroF1: Double, microF1: Double"
    yield "  /// For k of 1, 2 and 3."
    yield "  let topK: [Double]"
    yield "  let logLoss: Double"
    yield ""
    yield "  static let all: [ScikitLearnCase] = ["
    for name, classes, labels, rows in cases():
        values = {"labels": labels, "logits": [z for row in rows for z in row]}
        values.update(measures(classes, labels, rows))
        yield "    ScikitLearnCase("
        yield f'      name: "{name}",'
        lines = [wrapped(f"{key}: {swift(value)},", "      ") for key, value in values.items()]
        yield "\n".join(lines).rstrip(",") + "),"
    yield "  ]"
    yield "}"


def several_cases():
    """Classes, sets of labels, thresholds, logits."""
    own = random.Random(9)

    def case(name, clips, thresholds, frequency, step=1 / 64):
        classes = len(thresholds)
        sets = [[k for k in range(classes) if own.random() < frequency[k % len(frequency)]]
                for _ in range(clips)]
        rows = [[round((own.gauss(0, 2) + (1.5 if k in labels else -0.5)) / step) * step
                 for k in range(classes)] for labels in sets]
        return name, classes, sets, thresholds, rows

    yield case("several", 24, [0.5] * 4, [0.4])
    yield case("thresholds", 24, [0.125, 0.75, 0.4, 0.9], [0.5, 0.2])
    yield case("ties", 30, [0.5, 0.6, 0.3], [0.4], step=1.0)
    yield case("negatives alone", 6, [0.5] * 3, [0.0])
    yield case("absent classes", 16, [0.5] * 5, [0.5, 0.0])
    yield case("in every clip", 10, [0.5] * 3, [1.0, 0.5])
    yield case("one clip", 1, [0.5] * 3, [0.7])


def several_measures(classes, sets, thresholds, rows):
    truth = np.array([[int(k in labels) for k in range(classes)] for labels in sets])
    logits = np.array(rows, dtype=np.float64)
    scores = 1 / (1 + np.exp(-logits))
    predicted = (scores >= np.array(thresholds)).astype(int)
    present = [k for k in range(classes) if truth[:, k].any()]
    each = dict(average=None, zero_division=0)

    def mean(score, average):
        if not present and average == "macro":
            return 0.0
        return score(truth, predicted, average=average, zero_division=0,
                     labels=present if average == "macro" else None)

    precisions, areas = [], []
    for k in range(classes):
        own = truth[:, k]
        precisions.append(metrics.average_precision_score(own, logits[:, k]) if own.any() else None)
        both = own.any() and not own.all()
        areas.append(metrics.roc_auc_score(own, logits[:, k]) if both else None)
    losses = [metrics.log_loss(truth[:, k], scores[:, k], labels=[0, 1]) for k in range(classes)]
    return {
        "averagePrecisions": precisions,
        "rocAreas": areas,
        "counts": truth.sum(axis=0),
        "precisions": metrics.precision_score(truth, predicted, **each),
        "recalls": metrics.recall_score(truth, predicted, **each),
        "f1s": metrics.f1_score(truth, predicted, **each),
        "macroPrecision": mean(metrics.precision_score, "macro"),
        "macroRecall": mean(metrics.recall_score, "macro"),
        "macroF1": mean(metrics.f1_score, "macro"),
        "microF1": mean(metrics.f1_score, "micro"),
        "accuracy": metrics.accuracy_score(truth, predicted),
        "logLoss": sum(losses) / len(losses),
    }


def several_table():
    yield "// Printed by scripts/check-measures.py, which see; do not edit."
    yield "// swift-format-ignore-file"
    yield ""
    yield "/// Logits of clips with several classes, and what scikit-learn computes from their sigmoid."
    yield "struct ScikitLearnSetsCase {"
    yield "  let name: String"
    yield "  let labels: [[Int]]"
    yield "  let thresholds: [Double]"
    yield "  /// `[clips · classes]`"
    yield "  let logits: [Float]"
    yield "  /// `nil` where scikit-learn has no value."
    yield "  let averagePrecisions: [Double?], rocAreas: [Double?]"
    yield "  let counts: [Int]"
    yield "  let precisions: [Double], recalls: [Double], f1s: [Double]"
    yield "  let macroPrecision: Double, macroRecall: Double, macroF1: Double, microF1: Double"
    yield "  /// Of whole sets."
    yield "  let accuracy: Double"
    yield "  let logLoss: Double"
    yield ""
    yield "  static let all: [ScikitLearnSetsCase] = ["
    for name, classes, sets, thresholds, rows in several_cases():
        yield "    ScikitLearnSetsCase("
        yield f'      name: "{name}",'
        yield f"      labels: {swift(sets)},"
        values = {"thresholds": thresholds, "logits": [z for row in rows for z in row]}
        values.update(several_measures(classes, sets, thresholds, rows))
        lines = [wrapped(f"{key}: {swift(value)},", "      ") for key, value in values.items()]
        yield "\n".join(lines).rstrip(",") + "),"
    yield "  ]"
    yield "}"


FOLDER = pathlib.Path(__file__).parent.parent / "Tests/ASTKitTests/Training/Evaluation"
TABLES = {"ScikitLearnTable.swift": table, "ScikitLearnSetsTable.swift": several_table}
if sys.argv[1:] == ["--compare"]:
    differ = False
    for name, lines in TABLES.items():
        stored, text = (FOLDER / name).read_text(), "\n".join(lines()) + "\n"
        differ |= stored != text
        sys.stdout.writelines(difflib.unified_diff(
            stored.splitlines(True), text.splitlines(True), "stored", "computed"))
    sys.exit(differ)
several = sys.argv[1:] == ["--several"]
sys.stdout.write("\n".join(several_table() if several else table()) + "\n")
