import os
import subprocess
import unittest

from tree import PROJECT, TreeTest


class Dev(TreeTest):
    def dev(self, *arguments, path=None):
        environment = dict(os.environ, PATH=f"{path}:{os.environ['PATH']}" if path else os.environ["PATH"])
        return subprocess.run([str(PROJECT / "dev"), *arguments], capture_output=True, text=True, env=environment,
                              stdin=subprocess.DEVNULL, check=False)

    def pretend(self, installed, user="1000"):
        """A folder of commands that say: these packages are there, and this user asks."""
        rows = "".join(f"echo 'installed {package}'\n" for package in installed)
        for name, body in (("dpkg-query", rows), ("id", f"echo {user}\n"), ("apt-get", 'echo "apt-get $*"\n')):
            self.write(f"bin/{name}", "#!/bin/sh\n" + body)
            (self.root / "bin" / name).chmod(0o755)
        return self.root / "bin"

    def test_help_lists_every_subcommand_with_what_it_does(self):
        shown = self.dev("help").stdout
        for script in (PROJECT / "tools/dev").glob("*.sh"):
            summary = script.read_text().splitlines()[1]
            self.assertRegex(summary, r"^# \w")
            self.assertIn(summary[2:], shown)

    def test_an_unknown_subcommand_is_wrong_usage(self):
        for name in ("nothing", "../dev/setup", "lib/shell"):
            self.assertEqual(self.dev(name).returncode, 2)

    def test_without_root_setup_prints_the_line_to_run(self):
        result = self.dev("setup", "bench", "emulation", path=self.pretend(["qemu-user"]))
        self.assertEqual(result.returncode, 1)
        self.assertEqual(result.stderr.splitlines()[-1],
                         "sudo apt-get install -y --no-install-recommends libbenchmark-dev")

    def test_with_root_setup_installs_only_what_is_missing(self):
        result = self.dev("setup", "bench", "emulation", path=self.pretend(["qemu-user"], user="0"))
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertIn("apt-get install -y -q --no-install-recommends libbenchmark-dev\n", result.stdout)

    def test_nothing_is_installed_where_nothing_is_missing(self):
        result = self.dev("setup", "bench", path=self.pretend(["libbenchmark-dev"], user="0"))
        self.assertEqual(result.returncode, 0)
        self.assertNotIn("apt-get", result.stdout)

    def test_an_unknown_section_is_an_error(self):
        self.assertEqual(self.dev("setup", "nosuch", path=self.pretend([], user="0")).returncode, 1)

    def test_every_peer_is_pinned(self):
        for requirements in (PROJECT / "tools/peers").glob("requirements*.txt"):
            for line in requirements.read_text().splitlines():
                if not line.startswith("#"):
                    self.assertRegex(line, r"^[a-z0-9-]+==[0-9][\w.]*$")


if __name__ == "__main__":
    unittest.main()
