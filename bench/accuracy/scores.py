# SPDX-License-Identifier: Apache-2.0
"""What the figures mean. Pure Python: scores_test.py holds each against worked examples.

A prediction is (query, entry, score), more is surer. `truth` maps a query to its entry, or to None
when it shows no entry. Every pair that is not in `truth` is a false match, also a wrong entry for a
copy.
"""
import math


def right(prediction, truth):
    query, entry, _ = prediction
    return truth.get(query) is not None and truth[query] == entry


def micro_average_precision(predictions, truth):
    """All predictions ranked together: the area under precision over recall (ISC 2021's uAP).

    Predictions of equal score count as one step, so that their order in a file changes nothing.
    """
    wanted = sum(1 for entry in truth.values() if entry is not None)
    if wanted == 0:
        return 0.0
    total, hits, seen, i = 0.0, 0, 0, 0
    ranked = sorted(predictions, key=lambda p: -p[2])
    while i < len(ranked):
        j = i
        while j < len(ranked) and ranked[j][2] == ranked[i][2]:
            j += 1
        gained = sum(right(p, truth) for p in ranked[i:j])
        hits, seen = hits + gained, j
        total += gained / wanted * (hits / seen)
        i = j
    return total


def highest_false(predictions, truth):
    """The best score of any false match; -inf when there is none."""
    return max((p[2] for p in predictions if not right(p, truth)), default=-math.inf)


def recall(predictions, truth, above=-math.inf, least=-math.inf):
    """The share of copies whose entry scores more than `above` and at least `least`."""
    copies = {query for query, entry in truth.items() if entry is not None}
    found = {p[0] for p in predictions if right(p, truth) and p[2] > above and p[2] >= least}
    return len(found & copies) / len(copies) if copies else 0.0


def recall_at_no_false_match(predictions, truth):
    """What is found when the threshold is just above the highest false match."""
    return recall(predictions, truth, above=highest_false(predictions, truth))


def false_queries(predictions, truth, least=-math.inf):
    """The innocent queries (truth is None) with any match at `least`."""
    return {p[0] for p in predictions if truth.get(p[0], "") is None and p[2] >= least}


def per_thousand(count, queries):
    return 1000 * count / queries if queries else 0.0


def calibration(alarms, queries, decades):
    """Rows (limit, promised, observed) of how often innocents match below a limit.

    `alarms` maps an innocent query to the smallest number of false alarms that a match of it
    expects; a well calibrated program has `limit` times `queries` of them below `limit`. `decades`
    are powers of ten, falling by equal steps; the limit of a step is its end, or the weakest claim
    made in it.
    """
    rows = []
    step = 10.0 ** (decades[0] - decades[1])
    for power in decades:
        limit = 10.0 ** power
        claims = [v for v in alarms.values() if limit / step < v <= limit]
        limit = max(claims, default=limit)
        rows.append((limit, limit * queries, sum(1 for v in alarms.values() if v <= limit)))
    return rows


def poisson_at_most(count, mean):
    """The chance of at most `count` where `mean` are expected."""
    term = total = math.exp(-mean)
    for k in range(1, count + 1):
        term *= mean / k
        total += term
    return total


def poisson_interval(count):
    """Garwood's 95 % interval of how many are expected where `count` were seen."""
    def solved(chance, seen):
        low, high = 0.0, 10.0 + 4 * seen
        for _ in range(100):
            middle = (low + high) / 2
            low, high = (middle, high) if poisson_at_most(seen, middle) > chance else (low, middle)
        return low
    return (solved(0.975, count - 1) if count else 0.0), solved(0.025, count)


def surest(predictions, truth):
    """{query: best score of a right match}, -inf for copies without one."""
    best = {query: -math.inf for query, entry in truth.items() if entry is not None}
    for one in predictions:
        if right(one, truth):
            best[one[0]] = max(best[one[0]], one[2])
    return best


def quantile(values, share):
    """The smallest value that at least this share of the values does not exceed."""
    ranked = sorted(values)
    return ranked[max(0, math.ceil(share * len(ranked)) - 1)] if ranked else None


def share_above(values, limit):
    values = list(values)
    return sum(v > limit for v in values) / len(values) if values else 0.0


def spread(values, edges):
    """How many values lie below the first edge, from each edge to the next, and above the last."""
    counts = [0] * (len(edges) + 1)
    for value in values:
        counts[sum(value >= edge for edge in edges)] += 1
    return counts


def by_amount(found, edges):
    """Of (amount, found by one, found by another): rows (low, high, count, share, share) of bins.

    A bin goes from its lower edge to below its upper one; the last one has its end as well.
    """
    rows = []
    for low, high in zip(edges, edges[1:]):
        part = [f for f in found if low <= f[0] < high or f[0] == high == edges[-1]]
        if part:
            rows.append((low, high, len(part), sum(f[1] for f in part) / len(part),
                         sum(f[2] for f in part) / len(part)))
    return rows


def overlap(a, b):
    """Intersection over union of two boxes, each x, y, width, height."""
    wide = min(a[0] + a[2], b[0] + b[2]) - max(a[0], b[0])
    tall = min(a[1] + a[3], b[1] + b[3]) - max(a[1], b[1])
    both = max(0.0, wide) * max(0.0, tall)
    either = a[2] * a[3] + b[2] * b[3] - both
    return both / either if either > 0 else 0.0


def interval(hits, count):
    """Wilson's 95 % interval of a share, for tables with small cells."""
    if count == 0:
        return 0.0, 1.0
    z = 1.959964
    middle = (hits + z * z / 2) / (count + z * z)
    reach = z / (count + z * z) * math.sqrt(hits * (count - hits) / count + z * z / 4)
    return max(0.0, middle - reach), min(1.0, middle + reach)
