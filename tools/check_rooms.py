#!/usr/bin/env python3
"""Compares the includes of src/ and the arrows of the build with docs/rooms.toml; exit code 1 on a difference."""
import graphlib
import re
import sys
import tomllib
from pathlib import Path

import source_text

INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*([<"])([^>"]+)[>"]', re.MULTILINE)
CMAKE_ROOM = re.compile(r"^pestle_(?:room|program)\((?P<arguments>[^)]*)\)", re.MULTILINE)
# C and POSIX headers by their full name; headers of the C++ library have neither dot nor slash.
SYSTEM = re.compile(r"[a-z_0-9]+$|(sys|linux|arpa|netinet)/[a-z_0-9]+\.h$|(assert|ctype|dirent|errno|fcntl|fenv|float|"
                    r"inttypes|limits|math|pthread|sched|signal|stdalign|stdbool|stddef|stdint|stdio|stdlib|string|time|"
                    r"unistd|[a-z]*intrin|arm_[a-z]+|cpuid)\.h$")


def includes(text):
    """(line, quoted, target) of every include; targets in comments do not count."""
    text = source_text.without_comments(text)
    return [(source_text.line_of(text, m.start()), m[1] == '"', m[2]) for m in INCLUDE.finditer(text)]


def check_table(rooms):
    problems = []
    for name, room in rooms.items():
        problems += [f"docs/rooms.toml: {name} uses {used}, which is not a room" for used in room["uses"] if used not in rooms]
    try:
        tuple(graphlib.TopologicalSorter({name: room["uses"] for name, room in rooms.items()}).static_order())
    except graphlib.CycleError as error:
        problems.append(f"docs/rooms.toml: the rooms form a cycle: {' -> '.join(error.args[1])}")
    return problems


def check_build(text, rooms):
    """The DEPENDS of every room in CMakeLists.txt are arrows of the table."""
    problems = []
    for match in CMAKE_ROOM.finditer(text):
        words = match["arguments"].split()
        name = words[words.index("ROOM") + 1] if "ROOM" in words else words[0]
        depends = []
        if "DEPENDS" in words:
            for word in words[words.index("DEPENDS") + 1:]:
                if word.isupper():
                    break
                depends.append(word)
        if name not in rooms:
            problems.append(f"CMakeLists.txt: room {name} is not in docs/rooms.toml")
            continue
        problems += [f"CMakeLists.txt: {name} -> {used} is not an arrow of docs/rooms.toml"
                     for used in depends if used not in rooms[name]["uses"]]
    return problems


def check_quoted(path, line, target, rooms):
    room = path.parts[1]
    if source_text.is_test(path) and target.startswith("tests/"):
        return []
    parts = Path(target).parts
    used = parts[0]
    where = f"{path}:{line}"
    if used.startswith("pestle_lists") or target.endswith("_generated.h"):
        return []  # written by the build
    if target in rooms.get(used, {}).get("inner", []) and (used != room or path.suffix != ".cpp"):
        return [f'{where}: "{target}" is an inner header: only a .cpp of {used} may include it']
    if used not in rooms or len(parts) < 2:
        return [f'{where}: "{target}" is no header of a room; ours are included as "room/name.h", others as <name>']
    if used != room:
        if used in rooms[room]["uses"]:
            return []
        return [f"{where}: {room} may not include {used} (docs/rooms.toml)"]
    allowed = rooms[room].get("parts")
    if allowed is not None and len(path.parts) > 3 and len(parts) > 2 and parts[1] != path.parts[2]:
        if parts[1] not in allowed.get(path.parts[2], []):
            return [f"{where}: {room}/{path.parts[2]} may not include {room}/{parts[1]} (docs/rooms.toml)"]
    return []


def check_file(root, path, rooms):
    problems = []
    room = rooms[path.parts[1]]
    inner = str(path.relative_to("src")) in room.get("inner", [])
    for line, quoted, target in includes(source_text.read(root, path)):
        if quoted:
            problems += check_quoted(path, line, target, rooms)
        elif path.suffix == ".h" and not inner and not SYSTEM.match(target) and target not in room.get("headers", []):
            problems.append(f"{path}:{line}: a header may not include <{target}>: move it into the .cpp that needs it")
    return problems


def check_isa(root, path, allowed):
    """Everything that an ISA file reaches through our own headers is on the list."""
    problems = []
    waiting = [path]
    seen = set(waiting)
    while waiting:
        current = waiting.pop()
        for line, quoted, target in includes(source_text.read(root, current)):
            if not quoted:
                if target not in allowed:
                    problems.append(f"{path}: reaches <{target}> ({current}:{line}), which is neither C nor intrinsics")
                continue
            reached = Path("src") / target
            if reached not in seen and (Path(root) / reached).is_file():
                seen.add(reached)
                waiting.append(reached)
    return problems


def check(root):
    root = Path(root)
    table = tomllib.loads((root / "docs/rooms.toml").read_text())
    rooms = table["rooms"]
    problems = check_table(rooms)
    if (root / "CMakeLists.txt").is_file():
        problems += check_build((root / "CMakeLists.txt").read_text(), rooms)
    for path in source_text.source_files(root):
        if len(path.parts) < 3 or path.parts[1] not in rooms:
            problems.append(f"{path}: lies in no room of docs/rooms.toml")
            continue
        problems += check_file(root, path, rooms)
        if source_text.is_isa(path):
            problems += check_isa(root, path, table["isa"]["headers"])
    return problems


def main():
    root = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).resolve().parent.parent
    problems = check(root)
    for problem in problems:
        print(problem)
    print(f"rooms: {len(source_text.source_files(root))} files, {len(problems)} wrong arrows")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
