# SPDX-License-Identifier: Apache-2.0
"""What the figures on videos mean. Pure Python: scores_test.py holds each against worked examples.

A box is (item from, item to, known from, known to) in seconds: a span of the item that shows a span
of a known video. A pair is one item and one known video, with its true boxes and the claimed ones.
The segment measure is that of VCSL (He and others, CVPR 2022), in its product form.
"""
import math


def both(a, b):
    """The box that two boxes share, or None."""
    out = (max(a[0], b[0]), min(a[1], b[1]), max(a[2], b[2]), min(a[3], b[3]))
    return out if out[0] < out[1] and out[2] < out[3] else None


def union_length(spans):
    total, reached = 0.0, -math.inf
    for start, end in sorted(spans):
        total += max(0.0, end - max(start, reached))
        reached = max(reached, end)
    return total


def covered(boxes, others):
    """The share of `boxes` that `others` cover, on both axes: (item, known).

    Of each box the union of what it shares with the others, over the sum of all lengths.
    """
    shares = []
    for low, high in ((0, 1), (2, 3)):
        seen = whole = 0.0
        for box in boxes:
            parts = [p for p in (both(box, other) for other in others) if p]
            seen += union_length([(p[low], p[high]) for p in parts])
            whole += box[high] - box[low]
        shares.append(seen / whole if whole > 0 else 0.0)
    return tuple(shares)


def pair_score(truth, claimed):
    """(precision, recall) of one pair; None where it says nothing about one.

    A pair without claims has no precision, one without truth no recall.
    """
    if not claimed:
        return (None, 0.0) if truth else (None, None)
    if not truth:
        return 0.0, None
    return math.prod(covered(claimed, truth)), math.prod(covered(truth, claimed))


def segment_measure(pairs):
    """{"precision", "recall", "f", "pairs"}: means over pairs, and the F of the means.

    `pairs`: [(true boxes, claimed boxes)].
    """
    found = [pair_score(truth, claimed) for truth, claimed in pairs]
    precisions = [p for p, _ in found if p is not None]
    recalls = [r for _, r in found if r is not None]
    precision = sum(precisions) / len(precisions) if precisions else 0.0
    recall = sum(recalls) / len(recalls) if recalls else 0.0
    both_ = precision + recall
    return {"precision": precision, "recall": recall, "pairs": len(recalls),
            "f": 2 * precision * recall / both_ if both_ else 0.0}


def overlap(a, b):
    """Intersection over union of two spans."""
    shared = min(a[1], b[1]) - max(a[0], b[0])
    either = max(a[1], b[1]) - min(a[0], b[0])
    return max(0.0, shared) / either if either > 0 else 0.0


def best_claim(true, claims):
    """The claim that overlaps a true box best in the item, if any does in both videos."""
    near = [c for c in claims if both(true["box"], c["box"])]
    return max(near, key=lambda c: overlap(c["box"], true["box"]), default=None)


def boundary_errors(true, claim):
    """Seconds between the ends of a true segment and a claimed one, in the item."""
    return [abs(true["box"][i] - claim["box"][i]) for i in (0, 1)]


def known_time(segment, at):
    """Where in the known video a segment says an instant of the item comes from."""
    start, end, low, high = segment["box"]
    share = (at - start) / (end - start) if end > start else 0.0
    return high - share * (high - low) if segment.get("backward") else low + share * (high - low)


def time_map(true, claims, step=0.25, most=0.5):
    """(right, asked): instants of a true segment that claims reach, and of those within `most`."""
    right = asked = 0
    start, end = true["box"][:2]
    for number in range(int((end - start) / step)):
        at = start + (number + 0.5) * step
        said = [known_time(c, at) for c in claims if c["box"][0] <= at <= c["box"][1]]
        if said:
            asked += 1
            right += min(abs(s - known_time(true, at)) for s in said) <= most
    return right, asked


def quantile(values, share):
    """The smallest value that at least a share of the values does not exceed; None of none."""
    if not values:
        return None
    return sorted(values)[max(0, math.ceil(share * len(values)) - 1)]
