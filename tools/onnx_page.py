#!/usr/bin/env python3
"""Makes docs/onnx.md, the page of all ONNX operators, from the mappings' own words and the standard's list.

    onnx_page.py [FILE]             without FILE the page is printed
    onnx_page.py --check FILE       exits with 1 where FILE is not what would be written

What an operator becomes is the comment at the head of its file in src/formats/onnx/map. Exits with 77 where the package
onnx, which has the list, is absent.
"""
import ast
import re
import sys
from pathlib import Path

SOURCE = Path(__file__).resolve().parents[1]
MAPPINGS = SOURCE / "src/formats/onnx/map"
CONFORMANCE = SOURCE / "tests/conformance/conformance.py"

HEAD = """# ONNX operators

Written by `./dev docs` from the heads of `src/formats/onnx/map/*.cpp` and the list of the package onnx; do not edit.
Operator sets 1 to the newest are read; where the meaning of an attribute changed, the one of the model's set holds.
Whatever cannot be taken over is refused in one list, each node with the reason.
"""

PARAMETERS = """
## Operands that must be constants
TFLite wants these when the graph is made. In the conformance suite they are the only inputs that are taken from a case's
data (positions count from 0).

"""

# Operators of the standard that are not mapped, and why.
REASONS = {
    "TFLite has no strings that operators compute with": (
        "RegexFullMatch StringConcat StringNormalizer StringSplit TfIdfVectorizer ImageDecoder"),
    "TFLite has no sequences of tensors": (
        "ConcatFromSequence SequenceAt SequenceConstruct SequenceEmpty SequenceErase SequenceInsert SequenceLength "
        "SequenceMap SplitToSequence ReverseSequences Optional"),
    "the numbers depend on a seed that the standard leaves to the runtime": (
        "Bernoulli Multinomial RandomNormal RandomNormalLike RandomUniform RandomUniformLike"),
    "it trains": "Adagrad Adam Gradient Momentum",
}


def known_names(text, standard):
    """Operators that a mapping's file names: in the list of its mapping, or first in the rows of a table."""
    definition = text[text.rfind("const Mapping& map_"):]
    literal = r'"((?:com\.microsoft\.)?[A-Z][A-Za-z0-9]+)"'
    found = re.findall(literal, definition) + re.findall(r"\{" + literal, text)
    return {name for name in found if name in standard or name.startswith("com.microsoft.")}


def what_becomes(text):
    """The first sentence of a file's head."""
    head = re.match(r"((?://[^\n]*\n)+)", text).group(1)
    words = " ".join(line[2:].strip() for line in head.splitlines())
    sentence = re.match(r"(.+?[.:])(\s|$)(?![a-z(])", words)
    return (sentence.group(1) if sentence else words).rstrip(".:")


def mappings(standard):
    """By operator: what becomes of it, and the file that does it. Of several files that name it (as a part of theirs, too)
    it is the one that bears its name, or the one that has most."""
    table, ranks = {}, {}
    for path in sorted(MAPPINGS.glob("*.cpp")):
        text = path.read_text(encoding="utf-8")
        names = known_names(text, standard)
        for name in names:
            is_own = path.stem.replace("_", "") == name.rsplit(".", maxsplit=1)[-1].lower()
            rank = (is_own, len(names))
            if rank > ranks.get(name, (False, 0)):
                table[name], ranks[name] = (what_becomes(text), path.name), rank
    return table


def reason_of(name):
    for reason, names in REASONS.items():
        if name in names.split():
            return reason
    return "not yet"


def row(*cells):
    return "| " + " | ".join(str(cell).replace("|", "\\|") for cell in cells) + " |\n"


def constant_operands():
    tree = ast.parse(CONFORMANCE.read_text(encoding="utf-8"))
    for node in tree.body:
        if isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") == "CONSTANT_OPERANDS":
            return {key.value: sorted(ast.literal_eval(value)) if isinstance(value, ast.Set) else []
                    for key, value in zip(node.value.keys, node.value.values)}
    return {}


def page():
    import onnx

    standard = {}
    for schema in onnx.defs.get_all_schemas_with_history():
        if schema.domain == "" and not schema.deprecated:
            standard.setdefault(schema.name, set()).add(schema.since_version)
    table = mappings(standard)
    text = HEAD + "\n" + row("operator", "operator sets", "becomes", "by") + "|---|---|---|---|\n"
    for name in sorted(standard):
        becomes, file = table.get(name, (None, None))
        sets = ", ".join(str(version) for version in sorted(standard[name]))
        text += row(name, sets, becomes or f"refused: {reason_of(name)}", f"`{file}`" if file else "")
    text += "\n## Operators of com.microsoft\n\n" + row("operator", "becomes", "by") + "|---|---|---|\n"
    for name in sorted(name for name in table if name.startswith("com.microsoft.")):
        text += row(name.rsplit(".", maxsplit=1)[-1], table[name][0], f"`{table[name][1]}`")
    text += PARAMETERS + row("operator", "operands") + "|---|---|\n"
    for name, positions in sorted(constant_operands().items()):
        if positions:
            text += row(name, ", ".join(map(str, positions)))
    return text


def main():
    try:
        text = page()
    except ImportError as error:
        print(f"skipped: {error}")
        return 77
    if len(sys.argv) == 3 and sys.argv[1] == "--check":
        is_same = Path(sys.argv[2]).read_text(encoding="utf-8") == text
        print("up to date" if is_same else f"{sys.argv[2]} is not what ./dev docs writes")
        return 0 if is_same else 1
    if len(sys.argv) == 2:
        Path(sys.argv[1]).write_text(text, encoding="utf-8")
    else:
        print(text, end="")
    return 0


if __name__ == "__main__":
    sys.exit(main())
