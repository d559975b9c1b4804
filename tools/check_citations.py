#!/usr/bin/env python3
"""Searches sources for documents that they cite ("docs/semantics.md#tables") and pages for links to others; exit code 1
when a document, or the place in it, does not exist.

A document is looked for from the root, beside the citing file and in docs/. A place is an <a id="..."> or a heading.
"""
import re
import sys
from pathlib import Path

from check_library import project_files

CITED = re.compile(r"(?<![\w/.-])((?:[\w.-]+/)*[\w-][\w.-]*\.md)(?:#([\w-]+))?")
LINKED = re.compile(r"\]\(((?:[\w.-]+/)*[\w.-]+\.md)?(?:#([\w-]+))?\)")
# They make up documents to test with.
OWN = ("tools/tests/", "tools/check_citations.py")


def places(text):
    """What a '#' can point at: ids, and headings as they are turned into ids."""
    found = set(re.findall(r'<a id="([^"]+)">', text))
    for heading in re.findall(r"^#+ (.+)$", text, re.MULTILINE):
        found.add(re.sub(r"[^\w -]", "", heading).strip().lower().replace(" ", "-"))
    return found


def find(root, path, cited):
    for folder in (root, (root / path).parent, root / "docs"):
        if (folder / cited).is_file():
            return folder / cited
    return None


def check_text(root, path, text):
    problems = []
    pattern = LINKED if path.suffix == ".md" else CITED
    for match in pattern.finditer(text):
        document = find(root, path, match[1]) if match[1] else root / path
        line = text.count("\n", 0, match.start()) + 1
        if document is None:
            problems.append(f"{path}:{line}: {match[1]} does not exist")
        elif match[2] and match[2] not in places(document.read_text(encoding="utf-8")):
            problems.append(f"{path}:{line}: {match[1] or path} has no place '{match[2]}'")
    return problems


def check(root):
    root = Path(root)
    problems = []
    for path in project_files(root):
        if not str(path).startswith(OWN):
            problems += check_text(root, path, (root / path).read_text(encoding="utf-8"))
    return problems


def main():
    root = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).resolve().parent.parent
    problems = check(root)
    for problem in problems:
        print(problem)
    print(f"citations: {len(problems)} findings")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
