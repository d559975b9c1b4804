"""C++ sources as the checks see them: the list of files, and text with comments and literals blanked.

Blanking keeps every line and column, so that positions found in the blanked text are those of the file.
"""
import re
from pathlib import Path

SUFFIXES = (".h", ".cpp", ".inc")

# A comment, a raw string, a string or a character; digit separators (1'000) are no characters.
_TOKEN = re.compile(
    r"//(?:\\\n|[^\n])*"
    r"|/\*.*?\*/"
    r'|R"(?P<mark>[^()\\\s]{0,16})\(.*?\)(?P=mark)"'
    r'|"(?:\\.|[^"\\\n])*"'
    r"|(?<![0-9a-fA-F])'(?:\\.|[^'\\\n])*'",
    re.DOTALL,
)


def source_files(root, folders=("src",)):
    """Paths relative to `root` of all C++ files below its folders, sorted."""
    found = []
    for folder in folders:
        base = Path(root) / folder
        found += [p.relative_to(root) for p in base.rglob("*") if p.suffix in SUFFIXES and p.is_file()]
    return sorted(found)


def read(root, path):
    return (Path(root) / path).read_text(encoding="utf-8")


def _blank(text):
    return re.sub(r"[^\n]", " ", text)


def without_comments(text):
    """Comments blanked, literals kept."""
    return _TOKEN.sub(lambda m: _blank(m[0]) if m[0].startswith(("//", "/*")) else m[0], text)


def code_only(text):
    """Comments blanked and the contents of literals blanked; the quotes stay."""

    def replace(match):
        token = match[0]
        if token.startswith(("//", "/*")):
            return _blank(token)
        if token.startswith("R"):
            return " " + '"' + _blank(token[2:-1]) + '"'
        return token[0] + _blank(token[1:-1]) + token[-1]

    return _TOKEN.sub(replace, text)


def line_of(text, position):
    return text.count("\n", 0, position) + 1


def is_test(path):
    return path.name.endswith("_test.cpp")


def is_isa(path):
    """Files compiled for one instruction set: <arch>_<isa>[_<part>].{cpp,h}."""
    return re.match(r"(x86|arm64)_[a-z0-9]+", path.stem) is not None and not is_test(path)
