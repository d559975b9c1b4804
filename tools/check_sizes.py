#!/usr/bin/env python3
"""Lengths of files and functions and the depth of nesting in src/, against the limits of the house.

Over a `warn` limit is printed, over a `fail` limit is an error unless tools/size_allow.toml lists the place with a
reason. Functions are found by counting braces, which is exact for code that clang-format has laid out.
"""
import re
import sys
import tomllib
from dataclasses import dataclass
from pathlib import Path

import source_text

FOLDERS = ("src", "tests", "bench")
# (warn, fail): longer than this many lines, or nested deeper than this many blocks.
FILE_LINES = {"code": (400, 600), "isa": (400, 600), "test": (600, 900)}
FUNCTION_LINES = {"code": (50, 80), "isa": (80, 150), "test": (80, 150)}
NESTING = {"code": (3, 5), "isa": (3, 6), "test": (3, 5)}


@dataclass
class Function:
    name: str
    line: int
    lines: int
    nesting: int


@dataclass
class Finding:
    path: Path
    function: str  # empty for a whole file
    line: int
    what: str  # "lines" or "nesting"
    value: int
    failed: bool
    limit: int

    def __str__(self):
        name = f" {self.function}" if self.function else ""
        unit = "lines" if self.what == "lines" else "levels of nesting"
        return (f"{self.path}:{self.line}:{name} {self.value} {unit} (limit {self.limit})"
                f"{'' if self.failed else ' [warning]'}")


def _without_preprocessor(code):
    return re.sub(r"^[ \t]*#(?:\\\n|[^\n])*", lambda m: re.sub(r"[^\n]", " ", m[0]), code, flags=re.MULTILINE)


_SCOPE = re.compile(r"^(inline\s+)?namespace\b|^extern\s*\"|(^|[\s>])(class|struct|union)\s[^()]*$"
                    r"|^(template\s*<.*>\s*)?(class|struct|union)\s+[^=]*$", re.DOTALL)
_BLOCK = re.compile(r"(\)|\belse|\bdo|\btry|\]|\bconst|\bnoexcept|\bmutable|\boverride|->\s*[\w:<>,\s*&]+)$", re.DOTALL)
_MEMBER_INIT = re.compile(r"\)\s*(noexcept\s*)?:(?!:).*[\w>]$", re.DOTALL)
_MEMBERS_DONE = re.compile(r"\)\s*(noexcept\s*)?:(?!:).*\{\}$", re.DOTALL)
_NAME = re.compile(r"(operator\s*(?:\(\)|\[\]|[^\s\w(]+|[\w:]+[\s*&]*)|~?[\w:]+(?:<[^()]*>)?)\s*\(")


def _name(head):
    match = _NAME.search(re.sub(r"\b(alignas|__attribute__|decltype|requires)\s*\([^()]*\)", " ", head))
    return match[1] if match else head.split("\n")[0][:40]


def _kind(head, inside_function):
    """What an opening brace opens, from the text between it and the statement before."""
    if inside_function:
        return "block" if head == "" or _BLOCK.search(head) else "init"
    if head == "" or _SCOPE.search(head):
        return "scope"
    if re.match(r"(typedef\s+)?enum\b", head) or head.endswith("=") or _MEMBER_INIT.search(head):
        return "init"
    if _MEMBERS_DONE.search(head) or "(" in head and _BLOCK.search(head):
        return "function"
    return "init"


@dataclass
class _Brace:
    kind: str
    head: str  # what its statement had before the brace
    began: int  # where the statement began
    parentheses: int  # of the statement, open at the brace
    depth: int | None  # nesting inside a function; None outside of functions
    deepest: int = 0
    statements: int = 0  # read inside so far


def _depth(kind, outer, head):
    """Levels of nesting behind a brace. A loop that is all there is in another loop, as over the axes of a tensor,
    is the same level: the nest is read as one."""
    if kind == "function":
        return 0
    if outer.depth is None or kind != "block":
        return outer.depth
    nest = head.strip().startswith("for ") and outer.head.strip().startswith("for ") and outer.statements == 0
    return outer.depth if nest else outer.depth + 1


def functions(text):
    """The functions that a file defines, outermost ones only: a lambda belongs to the function around it."""
    code = _without_preprocessor(source_text.code_only(text))
    found = []
    stack = [_Brace("scope", "", 0, 0, None)]
    head, start, parentheses = "", None, 0  # the statement that is being read, where it began, its open parentheses
    for position, character in enumerate(code):
        outer = stack[-1]
        if character == "{":
            kind = _kind(head.strip(), outer.depth is not None)
            depth = _depth(kind, outer, head)
            stack.append(_Brace(kind, head, start if start is not None else position, parentheses, depth))
            for brace in stack:
                brace.deepest = max(brace.deepest, depth or 0)
            outer.statements += 1
            head, start, parentheses = "", None, 0
        elif character == "}" and len(stack) > 1:
            brace = stack.pop()
            if brace.kind == "function":
                first = source_text.line_of(code, brace.began)
                lines = source_text.line_of(code, position) - first + 1
                found.append(Function(_name(brace.head.strip()), first, lines, brace.deepest))
            parentheses = brace.parentheses
            # The statement goes on behind an initializer: `a_{a}, b_(b) {`.
            head, start = (brace.head + "{}", brace.began) if brace.kind == "init" else ("", None)
        elif character == ";" and parentheses == 0:
            head, start = "", None
            outer.statements += 1
        elif character == ":" and head.strip() in ("public", "protected", "private"):
            head, start = "", None
        else:
            parentheses += {"(": 1, ")": -1}.get(character, 0)
            if start is None and not character.isspace():
                start = position
            head += character
    return found


def kind_of(path):
    if path.parts[0] != "src" or source_text.is_test(path):
        return "test"
    return "isa" if source_text.is_isa(path) else "code"


def measure(path, text):
    """Everything in one file that is over a warning limit."""
    kind = kind_of(path)
    rows = [("", 1, "lines", text.count("\n"), FILE_LINES[kind])]
    for function in functions(text):
        rows.append((function.name, function.line, "lines", function.lines, FUNCTION_LINES[kind]))
        rows.append((function.name, function.line, "nesting", function.nesting, NESTING[kind]))
    return [Finding(path, name, line, what, value, value > fail, fail if value > fail else warn)
            for name, line, what, value, (warn, fail) in rows if value > warn]


def apply_allowed(findings, allowed):
    """Findings that no row of the allow list covers, and complaints about rows that are wrong or cover nothing."""
    left = list(findings)
    problems = []
    for row in allowed:
        place = f"{row.get('file')} {row.get('function', '')}".strip()
        if len(row.get("reason", "").split()) < 3:
            problems.append(f"tools/size_allow.toml: {place}: no reason is given")
        covered = [f for f in left if f.failed and str(f.path) == row.get("file") and f.function == row.get("function", "")
                   and f.value <= row.get(f.what, 0)]
        if not covered:
            problems.append(f"tools/size_allow.toml: {place}: covers nothing; take it out or correct it")
        left = [f for f in left if f not in covered]
    return left, problems


def check(root):
    """(errors, warnings) as printable lines."""
    root = Path(root)
    findings = []
    for path in source_text.source_files(root, FOLDERS):
        findings += measure(path, source_text.read(root, path))
    allow_list = root / "tools/size_allow.toml"
    allowed = tomllib.loads(allow_list.read_text()).get("allow", []) if allow_list.is_file() else []
    left, problems = apply_allowed(findings, allowed)
    return [str(f) for f in left if f.failed] + problems, [str(f) for f in left if not f.failed]


def main():
    root = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).resolve().parent.parent
    errors, warnings = check(root)
    for line in warnings + errors:
        print(line)
    print(f"sizes: {len(errors)} over the limit, {len(warnings)} warnings")
    return 1 if errors else 0


if __name__ == "__main__":
    sys.exit(main())
