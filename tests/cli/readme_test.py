#!/usr/bin/python3
"""The example in README.md gives what README.md says.

usage: readme_test.py README      (tools in PATH)

The first YAML block becomes xor.yaml; the session is the block whose first line is a command.
"""

import pathlib
import re
import subprocess
import sys
import tempfile


def main():
    text = pathlib.Path(sys.argv[1]).read_text(encoding="utf-8")
    blocks = re.findall(r"^```(\w*)\n(.*?)^```$", text, re.M | re.S)
    architecture = next(body for kind, body in blocks if kind == "yaml")
    session = next(body for _, body in blocks if body.startswith("$ akida-"))

    # A command begins with "$ " and goes on while its lines end in a pipe.
    commands = re.findall(r"^\$ ((?:.*\|\n)*.*)$", session, re.M)
    expected = re.sub(r"^\$ (?:.*\|\n)*.*\n", "", session, flags=re.M)
    with tempfile.TemporaryDirectory() as folder:
        pathlib.Path(folder, "xor.yaml").write_text(architecture, encoding="utf-8")
        result = subprocess.run(["bash", "-euo", "pipefail", "-c", "\n".join(commands)], cwd=folder,
                                capture_output=True, text=True, check=False)
    if (result.returncode, result.stdout, result.stderr) == (0, expected, ""):
        return 0
    print(f"status {result.returncode}\n{result.stderr}got:\n{result.stdout}expected:\n{expected}")
    return 1


if __name__ == "__main__":
    sys.exit(main())
