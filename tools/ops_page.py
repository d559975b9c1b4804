#!/usr/bin/env python3
"""Makes docs/ops.md, the page of all operators, from what the program says of them.

    ops_page.py PROGRAM [FILE]      without FILE the page is printed
"""
import json
import subprocess
import sys
from pathlib import Path

HEAD = """# Operators

Written by `./dev docs` from `pestle ops --json`; do not edit. What an operator is stands in `src/ops/<operator>.cpp`.

A **type row** is a combination of element types that the reference computes, with the version of the TFLite operator
that introduced it; the last type of a list repeats. **Modes** are those in which `quantize` can store the operator.
"""


def cell(text):
    return str(text).replace("|", "\\|")


def table(columns, rows):
    lines = ["| " + " | ".join(columns) + " |", "|" + "---|" * len(columns)]
    lines += ["| " + " | ".join(cell(value) for value in row) + " |" for row in rows]
    return "\n".join(lines) + "\n"


def versions(operator):
    newest = max([row["version"] for row in operator["types"]], default=1)
    return "1" if newest == 1 else f"1 to {newest}"


def overview(operators):
    rows = [(f"[{o['name']}](#{o['name'].lower()})", ", ".join(row["name"] for row in o["types"]), ", ".join(o["modes"]), versions(o)) for o in operators]
    return table(("operator", "types", "modes", "versions"), rows)


def section(operator):
    parts = [f"## {operator['name']}\n", f"`{operator['summary']}`\n"]
    operands = [(f"{what} {i}", operand["name"], operand["kind"], operand["quantization"])
                for what, key in (("input", "inputs"), ("output", "outputs")) for i, operand in enumerate(operator[key])]
    parts.append(table(("operand", "name", "kind", "in integers"), operands))
    if operator["options"]:
        parts.append(table(("option", "kind", "default"), [(o["name"], o["kind"], o["default"]) for o in operator["options"]]))
    parts.append(table(("types", "inputs", "outputs", "version"),
                       [(row["name"], ", ".join(row["inputs"]), ", ".join(row["outputs"]), row["version"]) for row in operator["types"]]))
    facts = [f"Builtin code {operator['code']}"]
    if operator["options_record"]:
        facts.append(f"options `{operator['options_record']}`")
    if operator["dynamic_range"]:
        facts.append(f"dynamic range: {operator['dynamic_range']}")
    facts.append(f"layout: {operator['layout']}")
    facts += operator["traits"]
    parts.append("; ".join(facts) + ".\n")
    return "\n".join(parts)


def main():
    answer = subprocess.run([sys.argv[1], "ops", "--json"], capture_output=True, text=True, check=True)
    operators = json.loads(answer.stdout)["operators"]
    page = "\n".join([HEAD, overview(operators), *map(section, operators)])
    if len(sys.argv) > 2:
        Path(sys.argv[2]).write_text(page, encoding="utf-8")
    else:
        print(page, end="")


if __name__ == "__main__":
    main()
