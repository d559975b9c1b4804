#!/usr/bin/env python3
"""The table in README.md is what `./dev demo` prints, and the example shows what it is there to show.

Explores examples/digits anew and compares sizes, accuracy, agreement, SQNR and integer operators with the README's
table; latency is not compared. `readme_table.py --update` writes the table of a fresh run into README.md.
"""
import json
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

SOURCE = Path(os.environ.get("PESTLE_SOURCE", Path(__file__).parents[2]))
PROGRAM = os.environ.get("PESTLE_PROGRAM", SOURCE / "build/release/pestle")
MARKERS = re.compile(r"(<!-- demo: [^\n]*-->\n)(.*?)(<!-- /demo -->)", re.DOTALL)
# As tools/dev/demo.sh runs it.
ARGUMENTS = ["explore", "examples/digits/model.onnx", "--data", "examples/digits", "--preprocess", "gray,range=-1:1"]


def explore(folder: Path, *more: str) -> str:
    command = [PROGRAM, *ARGUMENTS, "-o", folder, "--quiet", *more]
    return subprocess.run(command, cwd=SOURCE, check=True, stdout=subprocess.PIPE, text=True).stdout


def readme_rows(text: str) -> dict[str, list[str]]:
    """Cells of each row by the name of its mode, without marks."""
    rows = {}
    for line in MARKERS.search(text)[2].splitlines():
        cells = [cell.strip() for cell in re.split(r"\s{2,}", line.strip())]
        if len(cells) >= 7 and cells[0] != "mode":
            rows[re.sub(r"^[^\w]+", "", cells[0])] = cells[1:]
    return rows


def expected_cells(row: dict) -> dict[str, str]:
    operators = row["operators"]
    return {
        "size": f"{row['bytes']:,}",
        "smaller": f"{row['times_smaller']:.2f}x",
        "top-1": f"{100 * row['top1']:.1f}",
        "agreement": f"{100 * row['agreement']:.1f}",
        "SQNR": f"{row['logits_centred_sqnr_db']:.1f}",
        "integer ops": f"{operators['integer']}/{operators['total']}",
    }


def check(result: dict, readme: str) -> list[str]:
    findings = []
    modes = {row["mode"] + (" per tensor" if row["per_tensor"] else ""): row for row in result["modes"]}
    rows = readme_rows(readme)
    if set(rows) != {name for name, row in modes.items() if row["ok"]}:
        findings.append(f"README has rows {sorted(rows)}, a fresh run {sorted(modes)}")
    for name in rows.keys() & modes.keys():
        shown = " ".join(rows[name]).replace("%", " ").split()
        for what, cell in expected_cells(modes[name]).items():
            if cell not in shown:
                findings.append(f"{name}: {what} is {cell} now, README says {rows[name]}")
    original, per_tensor = result["float_top1"], modes["full-int8 per tensor"].get("top1", 1.0)
    if not 0.85 <= original <= 0.97:
        findings.append(f"the float model's top-1 is {original:.3f}, not between 0.85 and 0.97")
    if original - per_tensor < 0.03:
        findings.append(f"int8 with per-tensor weights loses {100 * (original - per_tensor):.1f} points, fewer than 3")
    if modes["full-int8"].get("top1", 0.0) < original - 0.01:
        findings.append("full-int8 with per-channel weights loses more than a point")
    return findings


def main() -> int:
    with tempfile.TemporaryDirectory() as folder:
        readme = SOURCE / "README.md"
        if "--update" in sys.argv[1:]:
            table = explore(Path(folder)).split("\n\n")[0] + "\n"
            replacement = lambda found: f"{found[1]}```\n{table}```\n{found[3]}"
            readme.write_text(MARKERS.sub(replacement, readme.read_text()))
            return 0
        findings = check(json.loads(explore(Path(folder), "--json")), readme.read_text())
    for finding in findings:
        print(finding)
    return 1 if findings else 0


if __name__ == "__main__":
    sys.exit(main())
