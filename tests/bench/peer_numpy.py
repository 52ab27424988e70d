#!/usr/bin/python3
"""peer_numpy - times MFCC beside numpy and scipy.

usage: peer_numpy.py BENCH_MFCC AKIDA_DATA

Of clips: runs short rounds of the program and of numpy in turn, on clips of a second at 16 kHz (49 windows of
30 ms, 40 mel channels, 10 coefficients, in double), on one thread each, and prints the least
processor time of a clip. Window, mel triangles and cosines are made once; the transform is
numpy.fft's or, where it is installed, scipy.fft's, if that is faster.

Of files: 300 recordings of 0.4 s at 8 kHz become features at 16 kHz, by akida-data import kws (the whole
process, writing the stream included) and by wave, scipy.signal.resample_poly with its default filter and
numpy as above (reading and computing only).
"""

import pathlib
import resource
import subprocess
import sys
import tempfile
import time
import wave

import numpy as np

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "acceptance"))
import numpy_speech  # noqa: E402

try:
    import scipy.fft
    import scipy.signal
    TRANSFORMS = [np.fft.rfft, scipy.fft.rfft]
except ImportError:
    scipy = None
    TRANSFORMS = [np.fft.rfft]

ROUNDS = 25
CLIPS = 20
FILES = 300
FILE_ROUNDS = 7


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


def write_recordings(folder):
    generator = np.random.default_rng(2)
    for i in range(FILES):
        samples = generator.normal(0, 3000, 3200).astype("<i2")
        with wave.open(str(folder / f"{i}.wav"), "wb") as file:
            file.setparams((1, 2, 8000, 0, "NONE", ""))
            file.writeframes(samples.tobytes())


def children_time():
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def compare_files(akida_data, peers):
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name) / "word"
        folder.mkdir()
        write_recordings(folder)
        files = sorted(folder.iterdir())

        def our_time():
            start = children_time()
            subprocess.run([akida_data, "import", "kws", "-j", "1", name, "-o", f"{name}/out.aks"],
                           check=True)
            return children_time() - start

        def their_time(compute):
            start = time.thread_time()
            for path in files:
                samples, rate = numpy_speech.read_wav(path)
                compute(numpy_speech.clip_of(scipy.signal.resample_poly(samples, 16000 // rate, 1),
                                             16000))
            return time.thread_time() - start

        rounds = [[our_time(), *map(their_time, peers)] for _ in range(FILE_ROUNDS)]
    ours, *theirs = (min(times) * 1e6 / FILES for times in zip(*rounds[1:]))
    print(f"file at 8 kHz to MFCC at 16 kHz, 1 thread: {ours:.0f} us, scipy and numpy "
          f"{min(theirs):.0f} us, ratio {min(theirs) / ours:.2f}")


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
    if scipy:
        compare_files(sys.argv[2], peers)


if __name__ == "__main__":
    main()
