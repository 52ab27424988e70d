#!/usr/bin/python3
"""The manual pages and the help of the tools name the same options and verbs, as TAP.

usage: manual_test.py MAN_FOLDER TOOL...

Every long option that `TOOL [VERB...] --help` prints stands in bold in the tool's page (or in the
page of the suite, for the options all tools share), and every one in the page exists in a help.
"""

import pathlib
import re
import subprocess
import sys

OPTION = re.compile(r"--[a-z][a-z0-9-]*")


def help_of(command):
    result = subprocess.run(command + ["--help"], capture_output=True, text=True, check=False)
    if result.returncode != 0 or result.stderr:
        raise SystemExit(f"{command}: status {result.returncode}: {result.stderr}")
    return result.stdout


def verbs_of(text):
    """Names under the heading "Subcommands:" of a help."""
    match = re.search(r"^Subcommands:\n((?:[ ]+.*\n?)+)", text, re.M)
    return re.findall(r"^  (\S+)", match.group(1), re.M) if match else []


def collect(command, options, verbs):
    text = help_of(command)
    for line in text.split("Examples:")[0].splitlines():
        options.update(OPTION.findall(line))
    for verb in verbs_of(text):
        verbs.add(verb)
        collect(command + [verb], options, verbs)


def faults_of(tool, man_folder):
    options, verbs = set(), set()
    collect([str(tool)], options, verbs)
    page = (man_folder / f"{tool.name}.1.scd").read_text(encoding="utf-8")
    suite = (man_folder / "akida-tools.7.scd").read_text(encoding="utf-8")
    # Everything in bold that begins like an option, before the examples.
    described = set()
    for bold in re.findall(r"\*([^*\n]+)\*", page.split("# EXAMPLES")[0]):
        described.update(OPTION.findall(bold))
    shared = set(OPTION.findall(suite))
    for option in sorted(options - described - shared):
        yield f"{option} is in the help but not in the page"
    for option in sorted(described - options):
        yield f"{option} is in the page but not in the help"
    for verb in sorted(verbs):
        if not re.search(rf"\*[^*\n]*\b{re.escape(verb)}\b[^*\n]*\*", page):
            yield f"verb {verb} is not in the page"


def main():
    man_folder = pathlib.Path(sys.argv[1])
    tools = [pathlib.Path(name) for name in sys.argv[2:]]
    print(f"1..{len(tools)}")
    failed = False
    for number, tool in enumerate(tools, 1):
        faults = list(faults_of(tool, man_folder))
        failed = failed or bool(faults)
        print(f"{'not ok' if faults else 'ok'} {number} - {tool.name}: help and page agree")
        for fault in faults:
            print(f"# {fault}", file=sys.stderr)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
