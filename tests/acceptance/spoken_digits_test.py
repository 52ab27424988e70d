#!/usr/bin/python3
"""spoken_digits_test - akida-data against numpy and hashlib on 3,000 spoken digits, as TAP.

usage: spoken_digits_test.py BINDIR

The recordings of the Free Spoken Digit Dataset are in the folder fsdd/recordings of $AKIDA_DATA
(default: shared/data beside the source tree); without them the tests are skipped.
"""

import os
import pathlib
import subprocess
import sys
import tempfile

try:
    import numpy as np
except ImportError:
    print("1..0 # SKIP numpy is not installed")
    sys.exit(0)

sys.dont_write_bytecode = True
import numpy_speech  # noqa: E402

SHARED = pathlib.Path(__file__).resolve().parents[3] / "shared" / "data"

TOLERANCE = 1e-4  # times max(1, |x|)


class Tester:
    def __init__(self, tools):
        self.tool = (pathlib.Path(tools) / "akida-data").resolve()
        folder = pathlib.Path(os.environ.get("AKIDA_DATA", SHARED)).resolve()
        self.files = sorted((folder / "fsdd" / "recordings").glob("*.wav"))

    def run(self, *arguments, text=None):
        done = subprocess.run([self.tool, *map(str, arguments)], input=text, text=True, check=True,
                              capture_output=True)
        return done.stdout

    def which_set_equals_hashlib(self):
        """which-set of all names, with other endings, and with files added, is hashlib's"""
        names = [path.name for path in self.files]
        names += [name.replace(".wav", f"_nohash_{i}.wav") for i, name in enumerate(names)]
        names += [f"folder/{name}" for name in names[:100]]
        counts = {}
        for validation, testing in ((10, 10), (0, 25.5), (33.3, 0), (50, 50)):
            shares = ["--validation", validation, "--testing", testing]
            lines = self.run("which-set", *shares, "-", text="\n".join(names) + "\n").splitlines()
            want = [f"{n}\t{numpy_speech.which_set(n, validation, testing)}" for n in names]
            assert lines == want
            half = self.run("which-set", *shares, *names[:1500:3]).splitlines()
            assert half == lines[:1500:3]
            counts = {s: sum(line.endswith(s) for line in lines[:3000])
                      for s in ("training", "validation", "testing")} if validation == 10 else counts
        return f"{len(names)} names; of 3,000 with 10 % and 10 %: {counts}"

    def import_takes_the_sets(self):
        """the three sets of an import are disjoint and those of hashlib"""
        seen = []
        for name in ("training", "validation", "testing"):
            self.run("import", "kws", "--label-from-name", "^([0-9])_", "--validation", 15,
                     "--testing", 20, "--set", name, "--rate", 8000, "--stride", 200,
                     "-o", "set.aks", self.files[0].parent)
            ids = [line.split()[3] for line in self.run("show", "--all", "set.aks").splitlines()
                   if line.startswith("index")]
            assert all(numpy_speech.which_set(i, 15, 20) == name for i in ids)
            seen += ids
        assert sorted(seen) == [path.name for path in self.files]
        return f"{len(seen)} recordings"

    def features_equal_numpy(self):
        """MFCC of real recordings are numpy's"""
        worst = 0
        for window, bins, upper in ((30, 10, 4000), (40, 13, 3800)):
            self.run("import", "kws", "--label-from-name", "^([0-9])_", "--rate", 8000,
                     "--window", window, "--bins", bins, "--upper-frequency", upper,
                     "-o", "all.aks", self.files[0].parent)
            self.run("to-npy", "all.aks", "-o", "all.npy")
            ids = [line.split()[3] for line in self.run("show", "--all", "all.aks").splitlines()
                   if line.startswith("index")]
            got = np.load("all.npy")
            for name, values in zip(ids, got):
                samples, rate = numpy_speech.read_wav(self.files[0].parent / name)
                want = numpy_speech.mfcc(numpy_speech.clip_of(samples, rate), rate,
                                         rate * window // 1000, 160, bins, upper=upper)
                assert values.shape == want.shape + (1,)
                error = np.abs(values[:, :, 0] - want) / np.maximum(1, np.abs(want))
                worst = max(worst, error.max())
        assert worst <= TOLERANCE, worst
        return f"{2 * len(ids)} recordings, largest difference {worst:.2g}"

    def spectra_equal_numpy(self):
        """spectrograms of single recordings are numpy's"""
        worst = 0
        for path in self.files[::150]:
            self.run("features", "--features", "spectrogram", "--rate", 8000, "--format", "npy",
                     "-o", "one.npy", path)
            samples, rate = numpy_speech.read_wav(path)
            want = numpy_speech.power_spectra(numpy_speech.clip_of(samples, rate), 240, 160)
            error = np.abs(np.load("one.npy")[:, :, 0] - want) / np.maximum(1, np.abs(want))
            worst = max(worst, error.max())
        assert worst <= TOLERANCE, worst
        return f"largest difference {worst:.2g}"


def main():
    if len(sys.argv) != 2:
        print("usage: spoken_digits_test.py BINDIR", file=sys.stderr)
        return 2
    tests = ["which_set_equals_hashlib", "import_takes_the_sets", "features_equal_numpy",
             "spectra_equal_numpy"]
    print(f"1..{len(tests)}")
    tester = Tester(sys.argv[1])
    with tempfile.TemporaryDirectory() as scratch:
        os.chdir(scratch)
        return 0 if run_all(tester, tests) else 1


def run_all(tester, tests):
    """Whether none of the tests failed."""
    passed = True
    for number, name in enumerate(tests, 1):
        test = getattr(tester, name)
        if not tester.files:
            print(f"ok {number} - {test.__doc__} # SKIP no recordings of spoken digits")
            continue
        try:
            note = test()
            print(f"ok {number} - {test.__doc__}\n# {note}", flush=True)
        except (AssertionError, subprocess.CalledProcessError) as error:
            passed = False
            detail = getattr(error, "stderr", "") or error
            print(f"not ok {number} - {test.__doc__}\n# {detail}", flush=True)
    return passed


if __name__ == "__main__":
    sys.exit(main())
