#!/usr/bin/env python3
"""The differential harness: our operators against LiteRT's, on one-operator models with random everything.

    judge.py PROGRAM [options] [OPERATOR...]      (no operator: all)

PROGRAM is pestle_parity. Integers must be equal; floats within 1e-4 * max(1, largest magnitude). The judge is the
reference resolver, or, where exceptions.toml says so, the builtin kernels without a delegate, within one step.
Exits with 1 if anything differs that exceptions.toml does not list, and with 77 where LiteRT is absent.
"""
import argparse
import subprocess
import sys
import tempfile
import tomllib
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from pathlib import Path

try:
    import numpy as np

    import litert
except ImportError as missing:
    print(f"skipped: {missing}")
    sys.exit(77)
from records import Record, read_batch
from tables import markdown, text

HERE = Path(__file__).resolve().parent
FLOAT_TOLERANCE = 1e-4
MOST_AT_ENDS = 0.20  # share of outputs: saturated cases prove nothing
ENOUGH_CASES = 100   # fewer say nothing about that share
KEPT_FINDINGS = 3    # reproducers written for each operator and type


@dataclass
class Exceptions:
    """exceptions.toml: who judges, and what is known to differ, with reasons."""

    entries: list[dict]

    def find(self, kind: str, operator: str, label: str) -> dict | None:
        for entry in self.entries:
            names = any(fnmatchcase(operator, pattern) for pattern in entry["operators"])
            if entry["kind"] == kind and names and any(fnmatchcase(label, pattern) for pattern in entry.get("labels", ["*"])):
                return entry
        return None


@dataclass
class Row:
    """What is told of one operator and type."""

    operator: str
    label: str
    judge: str = "reference"
    rescales: bool = False
    cases: int = 0
    values: int = 0
    differences: int = 0  # of the reference semantics
    fast: int = 0         # of the runtime with its fast kernels
    worst: float = 0.0
    ended: int = 0
    ranged: int = 0
    draws: int = 0
    codes: set[int] = field(default_factory=set)
    problems: list[str] = field(default_factory=list)  # what makes the row fail
    documented: str = ""                               # the reason why differences are allowed

    @property
    def at_ends(self) -> float | None:
        return self.ended / self.ranged if self.ranged else None

    def failures(self) -> list[str]:
        found = list(self.problems)
        if (self.differences or self.fast) and not self.documented:
            found.append(f"{self.differences} values of the reference and {self.fast} of the runtime differ, at most by {self.worst:g}")
        if self.cases >= ENOUGH_CASES and self.ranged and self.at_ends > MOST_AT_ENDS:
            found.append(f"{100 * self.at_ends:.1f} % of the outputs are at the ends of the range")
        return found


def count_differences(ours: np.ndarray, theirs: np.ndarray, steps: int) -> tuple[int, float]:
    """How many values are too far apart, and the largest distance."""
    if ours.size == 0:
        return 0, 0.0
    if ours.dtype.kind in "fc":
        finite = np.abs(theirs[np.isfinite(theirs)])
        tolerance = FLOAT_TOLERANCE * max(1.0, float(finite.max()) if finite.size else 1.0)
        with np.errstate(invalid="ignore"):
            wide = np.complex128 if ours.dtype.kind == "c" else np.float64
            distance = np.abs(ours.astype(wide) - theirs.astype(wide))
        same = (ours == theirs) | ((ours != ours) & (theirs != theirs))
        distance = np.where(same, 0.0, np.where(np.isnan(distance), np.inf, distance))
        return int((distance > tolerance).sum()), float(distance.max())
    if ours.dtype.kind == "b":
        distance = (ours != theirs).astype(np.int64)
    else:
        distance = np.abs(ours.astype(np.int64) - theirs.astype(np.int64))
    return int((distance > steps).sum()), float(distance.max())


def compare(row: Row, record: Record, answer: litert.Answer) -> bool:
    """Adds one answered record to its row; false if something differs."""
    steps = 1 if answer.judge == "builtin" else 0
    clean = True
    for described, ours, fast, theirs in zip(record.head["outputs"], record.reference, record.fast, answer.outputs, strict=True):
        if ours.shape != theirs.shape or ours.dtype != theirs.dtype:
            row.problems.append(f"{record.name}: ours is {ours.dtype}{ours.shape}, theirs {theirs.dtype}{theirs.shape}")
            clean = False
            continue
        wrong, worst = count_differences(ours, theirs, steps)
        wrong_fast, worst_fast = count_differences(fast, theirs, steps)
        row.values += ours.size
        row.differences += wrong
        row.fast += wrong_fast
        row.worst = max(row.worst, worst if wrong else 0, worst_fast if wrong_fast else 0)
        clean = clean and not wrong and not wrong_fast
        if "low" in described:
            row.ended += int(((theirs <= described["low"]) | (theirs >= described["high"])).sum())
            row.ranged += ours.size
        if ours.dtype.kind in "iub":
            row.codes.update(np.unique(theirs).tolist())
    return clean


def keep(folder: Path, record: Record, answer: litert.Answer | None) -> None:
    """A reproducer: the model, and inputs with both sides' outputs."""
    folder.mkdir(parents=True, exist_ok=True)
    stem = f'{record.head["operator"]}-{record.head["label"]}-{record.head["index"]}'.replace(" ", "_")
    (folder / f"{stem}.tflite").write_bytes(record.model)
    arrays = {f"input_{i}": value for i, value in enumerate(record.inputs)}
    arrays |= {f"ours_{i}": value for i, value in enumerate(record.reference)}
    arrays |= {f"fast_{i}": value for i, value in enumerate(record.fast)}
    if answer is not None:
        arrays |= {f"litert_{i}": value for i, value in enumerate(answer.outputs)}
    np.savez(folder / f"{stem}.npz", **arrays)


class OperatorRun:
    """All cases of one operator."""

    def __init__(self, operator: str, options: argparse.Namespace) -> None:
        self.operator, self.options = operator, options
        self.exceptions = Exceptions(tomllib.loads((HERE / "exceptions.toml").read_text())["exception"])
        self.rows: dict[str, Row] = {}
        self.kept: dict[str, int] = {}

    def row(self, record: Record) -> Row:
        label = record.head["label"]
        if label not in self.rows:
            row = self.rows[label] = Row(self.operator, label)
            differs = self.exceptions.find("differs", self.operator, label)
            row.documented = differs["reason"] if differs else ""
        return self.rows[label]

    def find(self, record: Record, answer: litert.Answer | None, problem: str = "") -> None:
        row = self.row(record)
        if problem:
            row.problems.append(f"{record.name}: {problem}")
        kept = self.kept.get(row.label, 0)
        if kept < KEPT_FINDINGS and not self.options.prove:
            keep(self.options.findings, record, answer)
        self.kept[row.label] = kept + 1

    def take(self, record: Record) -> bool:
        """Counts a record; false if there is nothing to ask LiteRT."""
        row = self.row(record)
        row.draws += record.head["draws"]
        if record.head["rejected"]:
            row.problems.append(f'{record.name}: every draw is rejected: {record.head["rejected"]}')
            return False
        row.cases += 1
        row.rescales = row.rescales or record.head["rescales"]
        if record.head["error"]:
            self.find(record, None, f'ours fails: {record.head["error"]}')
            return False
        return True

    def settle(self, record: Record, answer: litert.Answer) -> None:
        row = self.row(record)
        row.judge = answer.judge
        if answer.crash:
            self.find(record, answer, f"LiteRT: {answer.crash}")
        elif answer.refusal:
            self.find(record, answer, f"LiteRT refuses: {answer.refusal}")
        elif not compare(row, record, answer):
            self.find(record, answer)

    def run(self) -> list[Row]:
        with tempfile.TemporaryDirectory() as folder:
            batch = Path(folder) / "batch"
            command = [self.options.program, "--out", str(batch), "--cases", str(self.options.cases),
                       "--first", str(self.options.first), "--seed", str(self.options.seed)]
            if self.options.only:
                command += ["--only", self.options.only]
            made = subprocess.run([*command, self.operator], capture_output=True, text=True, check=False)
            records, whole = read_batch(batch) if batch.exists() else ([], False)
        untested = lambda record: self.exceptions.find("untested", self.operator, record.head["label"])
        asked = [record for record in records if not untested(record) and self.take(record)]
        builtin = lambda record: self.exceptions.find("builtin", self.operator, record.head["label"]) is not None
        for record, answer in zip(asked, litert.answers(asked, builtin), strict=True):
            self.settle(record, answer)
        if made.returncode != 0 or not whole:
            row = self.rows.setdefault("?", Row(self.operator, "?"))
            last = f" after {records[-1].name}" if records else ""
            row.problems.append(f"our program ends with {made.returncode}{last}: {made.stderr.strip()}")
        return list(self.rows.values())


def run_operator(operator: str, options: argparse.Namespace) -> list[Row]:
    return OperatorRun(operator, options).run()


def list_operators(program: str) -> dict[str, bool]:
    lines = subprocess.run([program, "--list"], check=True, capture_output=True, text=True).stdout.splitlines()
    return {line.split()[0]: line.split()[1] == "generated" for line in lines}


def parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="compare our operators with LiteRT's")
    parser.add_argument("program")
    parser.add_argument("operators", nargs="*")
    parser.add_argument("--cases", type=int, default=200, help="cases of each operator and type")
    parser.add_argument("--first", type=int, default=0, help="index of the first case")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", default="", help="label of the only type")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--findings", type=Path, default=Path("build/parity"), help="folder for reproducers")
    parser.add_argument("--markdown", type=Path, help="write the table as a page")
    parser.add_argument("--prove", action="store_true", help="PROGRAM rounds once: every operator that rescales must differ")
    return parser.parse_intermixed_args()


def report_failures(rows: list[Row], missing: list[str]) -> bool:
    failed = False
    for row in rows:
        for failure in row.failures()[:5]:
            print(f"FAILED {row.operator} [{row.label}]: {failure}")
            failed = True
    for operator in missing:
        print(f"FAILED {operator}: no generator in tests/parity/ops")
    return failed or bool(missing)


def report_proof(rows: list[Row]) -> bool:
    """Every operator marked as rescaling must differ under single rounding. True if one does not."""
    differing: dict[str, int] = {}
    for row in rows:
        if row.rescales:
            differing[row.operator] = differing.get(row.operator, 0) + row.differences
    for operator, count in differing.items():
        print(f"{operator}: {count} values differ under single rounding{'' if count else ' - NOT NOTICED'}")
    print(f"{sum(count > 0 for count in differing.values())} of {len(differing)} operators that rescale notice single rounding")
    return not all(differing.values()) or not differing


def main() -> int:
    options = parse()
    known = list_operators(options.program)
    exempt = {name for entry in tomllib.loads((HERE / "exceptions.toml").read_text()).get("exempt", []) for name in entry["operators"]}
    wanted = options.operators or [name for name in known if known[name]]
    missing = [] if options.operators else [name for name in known if not known[name] and name not in exempt]
    with ProcessPoolExecutor(options.jobs) as pool:
        results = list(pool.map(run_operator, wanted, [options] * len(wanted)))
    rows = [row for result in results for row in result]
    if options.prove:
        return int(report_proof(rows))
    print(text(rows))
    if options.markdown:
        options.markdown.write_text(markdown(rows, HERE / "exceptions.toml"))
    failed = report_failures(rows, missing)
    total = sum(row.cases for row in rows)
    print(f"{len(results)} operators, {len(rows)} operators and types, {total} cases: {'FAILED' if failed else 'equal'}")
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
