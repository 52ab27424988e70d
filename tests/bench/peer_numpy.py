#!/usr/bin/python3
"""peer_numpy - times MFCC beside numpy and scipy.

usage: peer_numpy.py BENCH_MFCC

Runs short rounds of the program and of numpy in turn, on clips of a second at 16 kHz (49 windows of
30 ms, 40 mel channels, 10 coefficients, in double), on one thread each, and prints the least
processor time of a clip. Window, mel triangles and cosines are made once; the transform is
numpy.fft's or, where it is installed, scipy.fft's, if that is faster.
"""

import pathlib
import subprocess
import sys
import time

import numpy as np

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "acceptance"))
import numpy_speech  # noqa: E402

try:
    import scipy.fft
    TRANSFORMS = [np.fft.rfft, scipy.fft.rfft]
except ImportError:
    TRANSFORMS = [np.fft.rfft]

ROUNDS = 25
CLIPS = 20


def numpy_mfcc(transform):
    """A function of a clip, with everything prepared that does not depend on it."""
    hann = 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(480) / 480)
    mel = numpy_speech.mel_matrix(257, 16000, 40, 20, 4000)
    cosines = numpy_speech.cosine_matrix(40, 10)

    def compute(clip):
        frames = np.lib.stride_tricks.sliding_window_view(clip, 480)[::320]
        spectra = transform(frames * hann, 512, axis=1)
        levels = np.sqrt(spectra.real ** 2 + spectra.imag ** 2) @ mel
        return np.log(np.maximum(levels, 1e-12)) @ cosines

    return compute


def main():
    clip = np.random.default_rng(1).normal(0, 0.1, 16000)
    peers = [numpy_mfcc(transform) for transform in TRANSFORMS]
    assert np.allclose(peers[0](clip), numpy_speech.mfcc(clip, 16000, 480, 320))
    program = subprocess.Popen([sys.argv[1]], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                               text=True)

    def our_time():
        program.stdin.write(f"{CLIPS}\n")
        program.stdin.flush()
        return float(program.stdout.readline()) / CLIPS

    def their_time(compute):
        start = time.thread_time()
        for _ in range(CLIPS):
            compute(clip)
        return (time.thread_time() - start) * 1000 / CLIPS

    rounds = [[our_time(), *map(their_time, peers)] for _ in range(ROUNDS)]
    ours, *theirs = (min(times) for times in zip(*rounds[2:]))
    print(f"MFCC of a second, 1 thread: {ours * 1000:.0f} us, numpy {min(theirs) * 1000:.0f} us, "
          f"ratio {min(theirs) / ours:.2f}")
    program.stdin.close()
    program.wait()


if __name__ == "__main__":
    main()
