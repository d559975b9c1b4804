"""The table of the differential harness, as text and as a page."""
import tomllib
from pathlib import Path

HEADINGS = ["operator", "types", "judge", "cases", "values", "differ", "differ (runtime)", "at the ends", "codes"]

PAGE = """# Parity with LiteRT

Written by `./dev parity`; do not edit. Each line is one operator with one combination of element types, run on
one-operator models with random shapes, properties, scales and data, by our reference and by our runtime, and by LiteRT
{version} in a process of its own.

* **judge**: *reference* is LiteRT's reference resolver: integers must be equal, floats within 1e-4 * max(1, largest
  magnitude). *builtin*: its builtin kernels without a delegate, within one step, where the reference resolver lacks the
  operator or is wrong.
* **differ**: values of our reference semantics that differ; **differ (runtime)**: of our runtime with its fast kernels.
* **at the ends**: share of the outputs at the ends of the range of codes (fused clamps included); saturated values prove
  nothing, so 20 % is the limit. **codes**: how many distinct integers were seen.

{table}

## Exceptions

{exceptions}
"""


def cells(row) -> list[str]:
    ends = "-" if row.at_ends is None else f"{100 * row.at_ends:.1f} %"
    mark = " *" if row.documented else ""
    return [row.operator, row.label, row.judge, str(row.cases), str(row.values), f"{row.differences}{mark}", f"{row.fast}{mark}",
            ends, str(len(row.codes)) if row.codes else "-"]


def text(rows: list) -> str:
    lines = [HEADINGS] + [cells(row) for row in rows]
    widths = [max(len(line[i]) for line in lines) for i in range(len(HEADINGS))]
    return "\n".join("  ".join(cell.ljust(width) if i < 3 else cell.rjust(width)
                               for i, (cell, width) in enumerate(zip(line, widths))) for line in lines)


def markdown(rows: list, exceptions: Path) -> str:
    table = ["| " + " | ".join(HEADINGS) + " |", "|---|---|---|" + "---:|" * (len(HEADINGS) - 3)]
    table += ["| " + " | ".join(cells(row)) + " |" for row in rows]
    data = tomllib.loads(exceptions.read_text())
    listed = []
    for entry in data["exception"]:
        names = ", ".join(entry["operators"])
        labels = f' ({", ".join(entry["labels"])})' if "labels" in entry else ""
        listed.append(f'* **{names}**{labels}, {entry["kind"]}: {entry["reason"]}')
    return PAGE.format(table="\n".join(table), exceptions="\n".join(listed), version=data["version"])
