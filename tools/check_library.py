#!/usr/bin/env python3
"""Searches the project's text for what tools/library_rules.toml forbids; exit code 1 when something is found."""
import fnmatch
import os
import re
import sys
import tomllib
from pathlib import Path

import source_text

# Folders that are not the project's text: builds, environments, caches.
SKIPPED = re.compile(r"^(\.git|build|\.venv-.*|__pycache__)$")
TEXT = re.compile(r"\.(h|cpp|inc|c|fbs|py|sh|cmake|txt|md|toml|json|case)$|(^|/)(dev|run|\.clang-(format|tidy))$")
# They must name what they search for.
OWN_FILES = ("tools/library_rules.toml", "tools/tests/check_library_test.py")


def project_files(root):
    found = []
    for folder, folders, names in os.walk(root):
        folders[:] = [name for name in folders if not SKIPPED.match(name)]
        found += [(Path(folder) / name).relative_to(root) for name in names]
    return sorted(path for path in found if TEXT.search(str(path)) and str(path) not in OWN_FILES)


def applies(rule, path):
    def matches(globs):
        return any(fnmatch.fnmatchcase(str(path), glob) for glob in globs)

    return matches(rule["files"]) and not matches(rule.get("except", []))


def check_text(path, text, rules):
    problems = []
    code = None
    for rule in rules:
        if not applies(rule, path):
            continue
        searched = text
        if rule.get("code"):
            code = code if code is not None else source_text.code_only(text)
            searched = code
        for match in re.finditer(rule["pattern"], searched, re.MULTILINE):
            line = source_text.line_of(text, match.start())
            problems.append(f"{path}:{line}: '{match[0].strip()}' ({rule['name']}): {rule['say']}")
    return problems


def check(root):
    root = Path(root)
    rules = tomllib.loads((root / "tools/library_rules.toml").read_text())["rule"]
    problems = []
    for path in project_files(root):
        problems += check_text(path, (root / path).read_text(encoding="utf-8"), rules)
    return problems


def main():
    root = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).resolve().parent.parent
    problems = check(root)
    for problem in problems:
        print(problem)
    print(f"library: {len(project_files(root))} files, {len(problems)} findings")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
