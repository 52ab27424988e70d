#!/usr/bin/python3
"""tool_faults_test - damaged files, full disks, closed pipes, signals and kill -9, as TAP.

usage: tool_faults_test.py BINDIR SOURCE [CASES [SEED]]

CASES (default 200) is the number of damaged files and of killed writers. A tool that reads a
damaged file must fail with status 1 and one line that names the file and a number, leave nothing
behind, and have printed nothing but the beginning of what the undamaged file gives; or do exactly
what it does with the undamaged file, for a few bits of headers mean nothing.
"""

import argparse
import os
import pathlib
import random
import re
import signal
import subprocess
import sys
import tempfile
import time

SIGNALS = [signal.SIGINT, signal.SIGTERM, signal.SIGHUP]

# {model}, {learner}, {cnn}, {data}, {events}: inputs; {out}: the file to write.
MODEL_COMMANDS = [
    "akida-run forward {model} {data} -o {out}", "akida-run predict {model} {data}",
    "akida-run evaluate {model} {data} --format json", "akida-stats summary {model}",
    "akida-stats statistics --json {model} {data}", "akida-stats variables {model}",
    "akida-stats layer {model} edges", "akida-check-hw {model}", "akida-build pop {model} -o {out}",
    "akida-build set {model} edges.threshold_fire=7 -o {out}",
    "akida-build get {model} edges.weights",
]
LEARNER_COMMANDS = [
    "akida-run fit {learner} {events} -o {out}", "akida-run predict --accuracy {learner} {events}",
    "akida-stats histogram {learner}", "akida-build add-classes {learner} 1 -o {out}",
    "akida-build compile {learner} --num-weights 9 -o {out}",
]
CNN_COMMANDS = ["akida-convert {cnn} -o {out}", "akida-convert --check {cnn}"]
DATA_COMMANDS = [
    "akida-run forward {model} {data} -o {out}", "akida-run predict {model} {data}",
    "akida-stats statistics --json {model} {data}", "akida-data show --all {data}",
    "akida-data head -n 3 {data}", "akida-data slice 1:-2 {data} -o {out}",
    "akida-data merge {data} {data} -o {out}", "akida-data shuffle {data}",
    "akida-data to-npy {data} -o {out}",
]
EVENT_COMMANDS = [
    "akida-run fit {learner} {events} -o {out}", "akida-run predict {learner} {events}",
    "akida-data to-csv {events}", "akida-data merge {events} -o {out}",
    "akida-data show --json {events}",
]
INPUT = "{type: InputData, input_width: 12, input_height: 8, input_channels: 3, input_bits: 1}"
LEARNER = f"layers: [{INPUT}, {{type: FullyConnected, name: fc, num_neurons: NEURONS}}]"
CNN = """layers: [{type: Input, shape: [8, 12, 3]}, {type: Conv2D, filters: 4, kernel_size: 3,
  kernel_quantizer: {kind: max, bits: 4}}, {type: ActivationDiscreteRelu, bitwidth: 4}]"""


class Workshop:
    """A folder with valid inputs, and the tools run in it."""

    def __init__(self, bindir, source, folder, dice):
        self.bindir = pathlib.Path(bindir).resolve()
        self.folder = pathlib.Path(folder)
        self.dice = dice
        self.files = {"model": "net.fbz", "learner": "learner.fbz", "cnn": "cnn.fbz",
                      "data": "data.aks", "events": "events.aks"}
        self.must(f"akida-build new --seed 3 {source}/testdata/arch/every-layer.yaml -o net.fbz")
        self.build("cnn.fbz", CNN)
        self.build("learner.fbz", LEARNER.replace("NEURONS", "30"))
        self.must("akida-build compile learner.fbz --num-weights 20 --num-classes 3 -o learner.fbz")
        for sample in range(12):
            pixels = bytes(dice.randrange(256) for _ in range(12 * 8 * 3))
            (self.folder / f"{sample}.ppm").write_bytes(b"P6 12 8 255\n" + pixels)
            lines = {f"{dice.randrange(12)},{dice.randrange(8)},{dice.randrange(3)}"
                     for _ in range(60)}
            (self.folder / f"{sample}.csv").write_text("".join(f"{line}\n" for line in lines))
        images = " ".join(f"{sample}.ppm" for sample in range(12))
        events = " ".join(f"{sample}.csv" for sample in range(12))
        self.must(f"akida-data import images --label 1 {images} -o data.aks")
        self.must(f"akida-data import events --shape 12,8,3 --label 2 {events} -z -o events.aks")

    def build(self, model, architecture):
        (self.folder / "architecture.yaml").write_text(architecture)
        self.must(f"akida-build new --seed 1 architecture.yaml -o {model}")

    def arguments(self, line, **files):
        words = line.format(**{**self.files, **files}).split()
        return [str(self.bindir / words[0]), *words[1:]]

    def run(self, line, **files):
        """(status, standard output, standard error)"""
        done = subprocess.run(self.arguments(line, **files), cwd=self.folder, capture_output=True,
                              stdin=subprocess.DEVNULL, check=False)
        return done.returncode, done.stdout, done.stderr

    def must(self, line, **files):
        status, _, stderr = self.run(line, **files)
        if status != 0:
            raise RuntimeError(f"{line}: {status}: {stderr.decode()}")

    def start(self, line, **options):
        return subprocess.Popen(self.arguments(line, **options.pop("files", {})), cwd=self.folder,
                                **options)

    def content(self, name):
        path = self.folder / name
        return path.read_bytes() if path.exists() else None

    def temporaries(self):
        return [path.name for path in self.folder.rglob(".*.tmp-*")]


# --- damaged files --------------------------------------------------------------------------------


def damaged(dice, content, is_prefix):
    """A shorter file, or one with another byte, in front more often than not."""
    reach = len(content) if dice.random() < 0.5 else min(len(content), 90)
    at = dice.randrange(reach)
    if is_prefix:
        return content[:at]
    return content[:at] + bytes([content[at] ^ dice.randrange(1, 256)]) + content[at + 1:]


def damage_fault(shop, line, kind, content, counts):
    """What a tool does wrong with `content` in place of the file of that kind, or None."""
    expected = *shop.run(line, out="expected"), shop.content("expected")
    old = b"old" if shop.dice.random() < 0.5 else None
    for name, before in (("expected", None), ("out", old)):
        (shop.folder / name).unlink(missing_ok=True)
        if before is not None:
            (shop.folder / name).write_bytes(before)
    (shop.folder / "damaged").mkdir(exist_ok=True)
    name = "damaged/" + shop.files[kind]  # the same name, which histories hold
    (shop.folder / name).write_bytes(content)
    status, stdout, stderr = shop.run(line, out="out", **{kind: name})
    if shop.temporaries():
        return f"left {shop.temporaries()}"
    if (status, stdout, stderr, shop.content("out")) == expected:
        counts["unchanged"] += 1
        return None
    tool = line.split()[0]
    message = re.fullmatch(rf"{tool}: error: {re.escape(name)}: (.*\d.*)\n", stderr.decode())
    if status != 1 or not message:
        return f"status {status}: {stderr.decode()}"
    if not expected[1].startswith(stdout):
        return "printed other content before it failed"
    if shop.content("out") != old:
        return "wrote its output although it failed"
    counts["refused"] += 1
    return None


def check_damage(shop, cases, commands):
    """Yields faults of (command, kind of file) pairs on damaged files, every other one cut off."""
    counts = {"refused": 0, "unchanged": 0}
    for case in range(cases):
        line, kind = commands[case // 2 % len(commands)]
        content = damaged(shop.dice, shop.content(shop.files[kind]), case % 2 == 0)
        fault = damage_fault(shop, line, kind, content, counts)
        if fault:
            yield f"{line}: {len(content)} bytes: {fault}"
    print(f"# {counts}")


def check_damaged_models(shop, cases):
    """damaged and truncated models are refused by name or change nothing"""
    commands = [(line, "model") for line in MODEL_COMMANDS]
    commands += [(line, "learner") for line in LEARNER_COMMANDS]
    commands += [(line, "cnn") for line in CNN_COMMANDS]
    return check_damage(shop, cases // 2, commands)


def check_damaged_streams(shop, cases):
    """damaged and truncated streams are refused by name or change nothing"""
    commands = [(line, "data") for line in DATA_COMMANDS]
    commands += [(line, "events") for line in EVENT_COMMANDS]
    return check_damage(shop, cases // 2, commands)


# --- killed writers -------------------------------------------------------------------------------

WRITERS = [
    "akida-build set big.fbz fc.threshold_fire={number} -o target",
    "akida-run forward pass.fbz big.aks -o target",
    "akida-data merge big.aks big.aks -o target",
]


def write_big_inputs(shop):
    """A model and a stream whose outputs take milliseconds to write."""
    shop.build("big.fbz", LEARNER.replace("NEURONS", "4000"))
    shop.build("pass.fbz", f"layers: [{INPUT}]")
    shop.must("akida-data merge" + 500 * " events.aks" + " -o big.aks")


def timed(shop, line):
    """Seconds a command takes, and what it writes to `target`."""
    start = time.monotonic()
    shop.must(line)
    return time.monotonic() - start, shop.content("target")


def check_kill(shop, cases):
    """kill -9 at any moment leaves the old target or the new one, and the next run works"""
    write_big_inputs(shop)
    counts = {"early": 0, "writing": 0, "late": 0}
    target = shop.folder / "target"
    for case in range(cases):
        line = WRITERS[case % len(WRITERS)].format(number=case)
        seconds, new = timed(shop, line)
        old = shop.dice.choice([None, b"old"])
        target.unlink()
        if old is not None:
            target.write_bytes(old)
        job = shop.start(line)
        time.sleep(shop.dice.uniform(0, 1.1 * seconds))
        job.kill()
        status = job.wait()
        left = shop.temporaries()
        for name in left:
            (shop.folder / name).unlink()
        if status not in (0, -signal.SIGKILL):
            yield f"{line}: status {status}"
        if shop.content("target") not in (old, new):
            yield f"{line}: a broken target"
        counts["writing" if left else "early" if shop.content("target") == old else "late"] += 1
        if timed(shop, line)[1] != new:
            yield f"{line}: another result after a killed run"
    print(f"# killed before, while and after writing: {counts}")
    if cases >= 100 and counts["writing"] == 0:
        yield "no writer was killed while it wrote"


def check_signals(shop, cases):
    """INT, TERM and HUP leave no temporary and no broken target, and are seen by the parent"""
    for case in range(cases // 4):
        number = SIGNALS[case % 3]
        line = WRITERS[case // 3 % len(WRITERS)].format(number=case)
        seconds, new = timed(shop, line)
        (shop.folder / "target").write_bytes(b"old")
        job = shop.start(line, stderr=subprocess.PIPE)
        time.sleep(shop.dice.uniform(0, 1.1 * seconds))
        job.send_signal(number)
        stderr = job.communicate()[1]
        if job.returncode not in (0, -number) or stderr:
            yield f"{line}: {number!r}: status {job.returncode}: {stderr.decode()}"
        if shop.temporaries():
            yield f"{line}: {number!r}: left {shop.temporaries()}"
        # A signal may also come when the target is complete and the tool about to end.
        if shop.content("target") not in ([new] if job.returncode == 0 else [b"old", new]):
            yield f"{line}: {number!r}: status {job.returncode}, another target"


# --- full disks and closed pipes ------------------------------------------------------------------


def every_command():
    return sorted({*MODEL_COMMANDS, *LEARNER_COMMANDS, *DATA_COMMANDS, *EVENT_COMMANDS})


def check_full_disk(shop, _cases):
    """a full disk is status 1 with a message, on standard output and as output file"""
    for line in every_command():
        tool = line.split()[0]
        to_file = "{out}" in line
        with open("/dev/full", "wb") as full:
            outputs = [("file", {"out": "/dev/full"}, subprocess.PIPE)] if to_file else []
            outputs.append(("stdout", {"out": "-"}, full))
            for name, files, stdout in outputs:
                done = subprocess.run(shop.arguments(line, **files), cwd=shop.folder, stdout=stdout,
                                      stderr=subprocess.PIPE, check=False)
                message = done.stderr.decode()
                if done.returncode != 1 or not re.fullmatch(
                        rf"{tool}: error: .*No space left on device\n", message):
                    yield f"{line} on a full {name}: status {done.returncode}: {message}"


def check_closed_pipe(shop, _cases):
    """a closed pipe is SIGPIPE and silence, even where the parent ignores that signal"""
    for line in every_command():
        for restore in (True, False):
            read_end, write_end = os.pipe()
            os.close(read_end)
            done = subprocess.run(shop.arguments(line, out="-"), cwd=shop.folder, stdout=write_end,
                                  stderr=subprocess.PIPE, restore_signals=restore, check=False)
            os.close(write_end)
            if done.returncode != -signal.SIGPIPE or done.stderr:
                yield f"{line}: status {done.returncode}: {done.stderr.decode()}"


CHECKS = [check_damaged_models, check_damaged_streams, check_full_disk, check_closed_pipe,
          check_kill, check_signals]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("bindir")
    parser.add_argument("source")
    parser.add_argument("cases", type=int, nargs="?", default=200)
    parser.add_argument("seed", type=int, nargs="?", default=1)
    arguments = parser.parse_args()
    print(f"1..{len(CHECKS)}")
    failed = False
    with tempfile.TemporaryDirectory() as folder:
        shop = Workshop(arguments.bindir, pathlib.Path(arguments.source).resolve(), folder,
                        random.Random(arguments.seed))
        for number, check in enumerate(CHECKS, 1):
            faults = list(check(shop, arguments.cases))
            failed = failed or bool(faults)
            for fault in faults:
                print("# " + fault.rstrip().replace("\n", "\n# "))
            print(f"{'not ok' if faults else 'ok'} {number} - {check.__doc__}", flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
