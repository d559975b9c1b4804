#!/usr/bin/env python3
"""Prints lines of code per room and the biggest files and functions: where the house grows."""
from collections import defaultdict
from pathlib import Path

import check_sizes
import source_text

MOST = 10


def main():
    root = Path(__file__).resolve().parent.parent
    rooms = defaultdict(lambda: [0, 0, 0])  # files, lines of sources, lines of tests
    files = []
    functions = []
    for path in source_text.source_files(root, check_sizes.FOLDERS):
        text = source_text.read(root, path)
        lines = text.count("\n")
        room = rooms[path.parts[1] if path.parts[0] == "src" else path.parts[0]]
        room[0] += 1
        room[2 if check_sizes.kind_of(path) == "test" else 1] += lines
        files.append((lines, path))
        functions += [(f.lines, f"{path}:{f.line}", f.name) for f in check_sizes.functions(text)]

    print(f"{'room':10} {'files':>6} {'lines':>7} {'tests':>7}")
    for name, row in sorted(rooms.items()):
        print(f"{name:10} {row[0]:6} {row[1]:7} {row[2]:7}")
    print(f"{'all':10} {sum(r[0] for r in rooms.values()):6} {sum(r[1] for r in rooms.values()):7} "
          f"{sum(r[2] for r in rooms.values()):7}")
    print("\nbiggest files")
    for lines, path in sorted(files, reverse=True)[:MOST]:
        print(f"{lines:6} {path}")
    print("\nlongest functions")
    for lines, place, name in sorted(functions, reverse=True)[:MOST]:
        print(f"{lines:6} {place} {name}")


if __name__ == "__main__":
    main()
