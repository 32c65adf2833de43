#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Counts the cases in a JUnit file of CTest, names those that were skipped and why, and prints
`N passed, N failed` as its last line.

One CTest entry is one program; of a GoogleTest or unittest program the cases are counted, from its
output. A program that fails without a failed case (a crash, a timeout) counts as one failure.
"""
import os
import re
import sys
import xml.etree.ElementTree as xml

PASSED = re.compile(r"^\[       OK \] ", re.MULTILINE)
SKIPPED = re.compile(r"^\[  SKIPPED \] \S+ \(\d+ ms\)", re.MULTILINE)
FAILED = re.compile(r"^\[  FAILED  \] \S+.* \(\d+ ms\)", re.MULTILINE)

# A skipped case of GoogleTest: the place, the reason, the name.
WHY = re.compile(r"^\S+:\d+: Skipped\n(.*?)\n\s*\[  SKIPPED \] (\S+) \(", re.MULTILINE | re.DOTALL)
# And of unittest, where it tells each case.
UNITTEST_WHY = re.compile(r"^(\w+) \(.*\) \.\.\. skipped ['\"](.*)['\"]$", re.MULTILINE)

UNITTEST = re.compile(r"^Ran (\d+) tests? in ", re.MULTILINE)
UNITTEST_NOT = re.compile(r"\b(failures|errors|skipped)=(\d+)")


def count_unittest(output, ran):
    """(passed, failed, skipped) of Python's unittest; its summary is `FAILED (failures=1, ...)`."""
    others = {what: int(number) for what, number in UNITTEST_NOT.findall(output[ran.end():])}
    failed, skipped = others.get("failures", 0) + others.get("errors", 0), others.get("skipped", 0)
    return max(0, int(ran.group(1)) - failed - skipped), failed, skipped


def count(case):
    """(passed, failed, skipped) of one <testcase>."""
    output = case.findtext("system-out") or ""
    status = case.get("status")
    ran = UNITTEST.search(output)
    if ran:
        passed, failed, skipped = count_unittest(output, ran)
    else:
        passed, failed, skipped = (len(p.findall(output)) for p in (PASSED, FAILED, SKIPPED))
    if status == "fail":
        return passed, max(failed, 1), skipped
    if passed + failed + skipped:
        return passed, failed, skipped
    return (1, 0, 0) if status == "run" else (0, 0, 1)


def skipped_in(case):
    """(name, reason) of the cases that one <testcase> skipped."""
    output = case.findtext("system-out") or ""
    for reason, name in WHY.findall(output):
        yield name, " ".join(reason.split())
    yield from UNITTEST_WHY.findall(output)


def main():
    totals = [0, 0, 0]
    # CTest writes no file when it could not run at all.
    cases = xml.parse(sys.argv[1]).getroot().iter("testcase") if os.path.exists(sys.argv[1]) else ()
    for case in cases:
        totals = [a + b for a, b in zip(totals, count(case))]
        for name, reason in skipped_in(case):
            print(f"skipped {name}: {reason}")
    passed, failed, skipped = totals
    if skipped:
        print(f"{skipped} skipped")
    print(f"{passed} passed, {failed} failed")
    return 1 if failed or not passed else 0


if __name__ == "__main__":
    sys.exit(main())
