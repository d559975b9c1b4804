"""Damaged files never bring a command down: it answers, or refuses with a sentence.

The reproducers of fuzzing, and random changes of a few bytes in small models, go through the commands that read models.
By hand, over all small files of the shared collection: hostile_test.py --count 10000
"""

import random
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from places import MODELS, SOURCE
from program import PROGRAM, CommandTest, main

COMMANDS = {
    "inspect": [],
    "convert": ["-o", "o.tflite"],
    "run": [],
    "bench": ["--runs", "1"],
    "quantize": ["-o", "o.tflite", "--mode", "dynamic"],
}
SECONDS = 10  # of a command
MEMORY = 2 << 30  # bytes
LARGEST = 48 << 10  # bytes of a file that is changed


def limit_memory():
    import resource

    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))


def fault(command, path, folder):
    """What is wrong with how a command ends; "" if nothing is."""
    try:
        done = subprocess.run([PROGRAM, command, path, *COMMANDS[command]], cwd=folder, capture_output=True, text=True,
                              timeout=SECONDS, check=False, preexec_fn=limit_memory)
    except subprocess.TimeoutExpired:
        return f"takes more than {SECONDS} s"
    if done.returncode not in (0, 1, 2):
        return f"ends with {done.returncode}"
    return "" if done.returncode == 0 or done.stderr.startswith("error: ") else "gives no reason"


def change(data, dice):
    """One to three words or bytes that differ, or an end cut off."""
    data = bytearray(data)
    for _ in range(dice.randint(1, 3)):
        at = dice.randrange(len(data))
        match dice.randrange(4):
            case 0:
                data[at] = dice.randrange(256)
            case 1:
                data[at : at + 4] = dice.choice([0, 1, 2, 0xFFFFFFFF, 0x7FFFFFFF, dice.randrange(64)]).to_bytes(4, "little")
            case 2:
                data[at] ^= 1 << dice.randrange(8)
            case _:
                if dice.randrange(8) == 0:
                    del data[at:]
        if not data:
            return bytes(4)
    return bytes(data)


def mutate(files, count, seed, folder):
    """Faults of changed files; each is kept in the folder."""
    dice = random.Random(seed)
    faults = []
    for i in range(count):
        source = dice.choice(files)
        path = Path(folder) / f"m{i}{source.suffix}"
        path.write_bytes(change(source.read_bytes(), dice))
        found = [f"{source.name} (m{i}): {command} {what}" for command in COMMANDS if (what := fault(command, path, folder))]
        faults += found
        if not found:
            path.unlink()
    return faults


def small_files():
    files = [path for kind in ("*.tflite", "*.onnx") for path in MODELS.rglob(kind)]
    # What is large by its own nature is slow when it is whole.
    return sorted(path for path in files if path.stat().st_size <= LARGEST and "huge" not in path.name)


class Hostile(CommandTest):
    def test_no_reproducer_brings_a_command_down(self):
        for folder in ("run", "tflite", "onnx"):
            for path in sorted((SOURCE / "tests/reproducers" / folder).iterdir()):
                for command in COMMANDS:
                    with self.subTest(path=path.name, command=command):
                        self.assertEqual(fault(command, path, self.folder), "")

    def test_no_change_of_a_small_model_brings_a_command_down(self):
        if files := small_files():
            self.assertEqual(mutate(files, 60, 1, self.folder), [])


if __name__ == "__main__":
    if "--count" in sys.argv:
        kept = tempfile.mkdtemp()
        number = int(sys.argv[sys.argv.index("--count") + 1])
        seed_at = sys.argv.index("--seed") + 1 if "--seed" in sys.argv else 0
        everything = mutate(small_files(), number, int(sys.argv[seed_at]) if seed_at else 2, kept)
        print("\n".join(everything + [f"{number} changed files, {len(everything)} faults, kept in {kept}"]))
        sys.exit(1 if everything else 0)
    main()
