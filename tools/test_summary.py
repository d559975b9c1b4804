#!/usr/bin/env python3
"""Turns CTest's JUnit file into the closing lines of `./dev test`.

A CTest entry is a whole test program; the cases inside are counted from the line that doctest or unittest prints.
A case that finds something absent prints "skipped: reason" and counts as skipped, as does an entry that CTest skipped.
With --no-skips a skipped case is a failure of the run.
"""
import argparse
import re
import sys
import xml.etree.ElementTree as ElementTree
from dataclasses import dataclass, field

DOCTEST = re.compile(r"^\[doctest\] test cases: +\d+ \| +(\d+) passed \| +(\d+) failed", re.MULTILINE)
UNITTEST = re.compile(r"^Ran (\d+) tests? in ", re.MULTILINE)
UNITTEST_BAD = re.compile(r"^FAILED \((.*)\)", re.MULTILINE)
SKIPPED = re.compile(r"^skipped: .*", re.MULTILINE)


@dataclass
class Entry:
    name: str
    passed: int = 0
    failed: int = 0
    skipped: int = 0
    reasons: list = field(default_factory=list)


def cases(output):
    """(passed, failed) inside one entry's output; (1, 0) for a program that prints no count."""
    if match := DOCTEST.search(output):
        return int(match[1]), int(match[2])
    if match := UNITTEST.search(output):
        bad = UNITTEST_BAD.search(output)
        failed = sum(int(n) for n in re.findall(r"(?:failures|errors)=(\d+)", bad[1])) if bad else 0
        return int(match[1]) - failed, failed
    return 1, 0


def read_entry(case):
    entry = Entry(case.get("name"))
    output = case.findtext("system-out") or ""
    entry.reasons = SKIPPED.findall(output)
    status = case.get("status")
    if status in ("notrun", "disabled"):
        # "notrun" is both a skip (return code 77) and a program that could not be started; only a skip says so.
        message = " ".join(child.get("message", "") for child in case.findall("skipped"))
        if status == "disabled" or "SKIP_RETURN_CODE" in message:
            entry.skipped = 1
            entry.reasons = entry.reasons or [f"skipped: {entry.name}"]
        else:
            entry.failed = 1
        return entry
    entry.passed, entry.failed = cases(output)
    if status != "run":
        if entry.failed == 0:  # it crashed, timed out, or a sanitizer spoke after the last case
            entry.failed = 1
            entry.passed = max(entry.passed - 1, 0)
    entry.skipped = min(len(entry.reasons), entry.passed)
    entry.passed -= entry.skipped
    return entry


def read(path):
    return [read_entry(case) for case in ElementTree.parse(path).getroot().iter("testcase")]


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("junit")
    parser.add_argument("--no-skips", action="store_true")
    options = parser.parse_args()
    entries = read(options.junit)
    for entry in entries:
        print(f"  {entry.name:32} {entry.passed:5} passed {entry.failed:3} failed {entry.skipped:3} skipped")
    for entry in entries:
        for reason in entry.reasons:
            print(f"  {entry.name}: {reason}")
    passed, failed, skipped = (sum(getattr(e, kind) for e in entries) for kind in ("passed", "failed", "skipped"))
    if skipped and options.no_skips:
        print("error: nothing may be skipped here")
    if not entries:
        print("error: no tests were run")
    print(f"{passed} passed, {failed} failed, {skipped} skipped")
    return 1 if failed or not entries or (skipped and options.no_skips) else 0


if __name__ == "__main__":
    sys.exit(main())
