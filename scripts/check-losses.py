#!/usr/bin/env python3
"""Prints the table of Tests/ASTKitTests/Ops/TorchLosses.swift: logits and targets, and the losses
and gradients that PyTorch computes from them. Run by hand in a throw-away environment:

  python3 -m venv DIR && DIR/bin/pip install torch==2.13.0+cpu
  DIR/bin/python scripts/check-losses.py            prints the file
  DIR/bin/python scripts/check-losses.py --compare  tells whether the file is this, 1 if not
"""
import difflib, pathlib, random, sys

import torch
from torch import nn

FILE = "Tests/ASTKitTests/Ops/TorchLosses.swift"
draw = random.Random(5)


def numbers(count, spread=2.0):
    """Multiples of 1/64, so that 32 bits hold them as they are printed."""
    return [round(draw.gauss(0, spread) * 64) / 64 for _ in range(count)]


def tensor(values, *shape):
    return torch.tensor(values, dtype=torch.float64).reshape(shape)


def cases():
    # name, batch, classes, what the targets are, weights of classes, of clips, smoothing, logits
    yield "labels", 4, 5, "classes", None, None, 0.0, numbers(20)
    yield "smoothing", 4, 5, "classes", None, None, 0.125, numbers(20)
    yield "weights", 4, 3, "classes", [0.5, 2.0, 3.25], None, 0.0, numbers(12)
    yield "weights and smoothing", 4, 3, "classes", [0.5, 2.0, 3.25], None, 0.25, numbers(12)
    yield "mixed", 3, 4, "mixed", None, None, 0.0, numbers(12)
    yield "mixed and smoothing", 3, 4, "mixed", None, None, 0.125, numbers(12)
    yield "far apart", 2, 3, "classes", None, None, 0.25, [1000.0, -1000, 0, 3, -500, 88]
    yield "several", 4, 3, "several", None, None, 0.0, numbers(12)
    yield "weights of positives", 4, 3, "several", [0.5, 2.0, 9.0], None, 0.0, numbers(12)
    yield "weights of clips", 4, 3, "several", [0.5, 2.0, 9.0], [1.0, 0.25, 2.0, 3.0], 0.0, numbers(12)
    yield "large logits", 2, 3, "several", [4.0, 1.0, 1.0], None, 0.0, [1000.0, -1000, 0, -88, 88, -0.5]
    yield "negatives alone", 2, 3, "none", None, None, 0.0, numbers(6)


def targets(kind, batch, classes):
    if kind == "classes":
        rows = [[0.0] * classes for _ in range(batch)]
        for row in rows:
            row[draw.randrange(classes)] = 1.0
        return rows
    if kind == "mixed":
        rows = []
        for _ in range(batch):
            row = [0.0] * classes
            share = draw.randrange(1, 64) / 64
            a, b = draw.sample(range(classes), 2)
            row[a], row[b] = share, 1 - share
            rows.append(row)
        return rows
    return [[float(kind == "several" and draw.random() < 0.4) for _ in range(classes)]
            for _ in range(batch)]


def loss(kind, x, y, weights, clips, smoothing):
    weights = None if weights is None else tensor(weights, len(weights))
    if kind == "classes":
        return nn.CrossEntropyLoss(weight=weights, label_smoothing=smoothing)(x, y.argmax(dim=1))
    if kind == "mixed":
        return nn.CrossEntropyLoss(label_smoothing=smoothing)(x, y)
    clips = None if clips is None else tensor(clips, len(clips), 1)
    return nn.BCEWithLogitsLoss(weight=clips, pos_weight=weights)(x, y)


def swift(value):
    if value is None:
        return "nil"
    if isinstance(value, list):
        return "[" + ", ".join(swift(x) for x in value) + "]"
    return repr(float(value)).removesuffix(".0")


def table():
    yield "// Printed by scripts/check-losses.py, which see; do not edit."
    yield "// swift-format-ignore-file"
    yield ""
    yield "/// Logits and targets `[batch · classes]`, and what PyTorch makes of them in double precision."
    yield "struct TorchLoss {"
    yield "  let name: String"
    yield "  let batch: Int"
    yield "  /// Whether it is a binary cross-entropy, and not one of softmax."
    yield "  let isBinary: Bool"
    yield "  let logits: [Float], targets: [Float]"
    yield "  /// Of classes (of their positives where the loss is binary), and of clips."
    yield "  let weights: [Float]?, clipWeights: [Float]?"
    yield "  let smoothing: Double"
    yield "  let loss: Double"
    yield "  let gradient: [Double]"
    yield ""
    yield "  static let all: [TorchLoss] = ["
    for name, batch, classes, kind, weights, clips, smoothing, logits in cases():
        y = targets(kind, batch, classes)
        x = tensor(logits, batch, classes).requires_grad_()
        value = loss(kind, x, tensor(y, batch, classes), weights, clips, smoothing)
        value.backward()
        yield "    TorchLoss("
        yield f'      name: "{name}", batch: {batch}, isBinary: {swift_bool(kind)},'
        yield f"      logits: {swift(logits)},"
        yield f"      targets: {swift([z for row in y for z in row])},"
        yield f"      weights: {swift(weights)}, clipWeights: {swift(clips)}, smoothing: {swift(smoothing)},"
        yield f"      loss: {swift(value.item())},"
        yield f"      gradient: {swift(x.grad.flatten().tolist())}),"
    yield "  ]"
    yield "}"


def swift_bool(kind):
    return "true" if kind in ("several", "none") else "false"


text = "\n".join(table()) + "\n"
if sys.argv[1:] == ["--compare"]:
    stored = (pathlib.Path(__file__).parent.parent / FILE).read_text()
    sys.stdout.writelines(
        difflib.unified_diff(stored.splitlines(True), text.splitlines(True), "stored", "computed"))
    sys.exit(stored != text)
sys.stdout.write(text)
