"""Features of speech and the sets of the Speech Commands dataset, with numpy and hashlib alone.

Written from the formulas in speech_features.h and set_partition.h of lib/data/sounds, matrix by matrix, to
compare akida-data with; also what scripts/bench times it against.
"""

import hashlib
import re
import wave

import numpy as np


def read_wav(path):
    """Samples in -1..1, channels averaged, and the rate of a 16-bit file."""
    with wave.open(str(path)) as file:
        assert file.getsampwidth() == 2, path
        samples = np.frombuffer(file.readframes(file.getnframes()), "<i2")
        return samples.reshape(-1, file.getnchannels()).mean(axis=1) / 32768, file.getframerate()


def clip_of(samples, length):
    """The first `length` samples, zeros behind fewer."""
    return np.pad(samples[:length], (0, max(0, length - len(samples))))


def power_spectra(clip, window, stride):
    """[frames, frequencies]: power of Hann-weighted frames, padded to a power of 2."""
    frames = np.lib.stride_tricks.sliding_window_view(clip, window)[::stride]
    hann = 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(window) / window)
    spectra = np.fft.rfft(frames * hann, 1 << (window - 1).bit_length(), axis=1)
    return spectra.real ** 2 + spectra.imag ** 2


def mel_matrix(frequencies, rate, channels, lower, upper):
    """[frequencies, channels]: triangles with equally distant corners on the mel scale."""
    def mel(hertz):
        return 1127 * np.log(1 + hertz / 700)

    spacing = rate / 2 / (frequencies - 1)
    place = mel(np.arange(frequencies) * spacing)[:, None]
    corners = np.linspace(mel(lower), mel(upper), channels + 2)
    rising = (place - corners[:-2]) / (corners[1:-1] - corners[:-2])
    falling = (corners[2:] - place) / (corners[2:] - corners[1:-1])
    matrix = np.maximum(0, np.minimum(rising, falling))
    index = np.arange(frequencies)
    outside = (index < int(1.5 + lower / spacing)) | (index > int(upper / spacing))
    matrix[outside] = 0
    return matrix


def cosine_matrix(channels, bins):
    """[channels, bins] of the DCT-II."""
    i, j = np.arange(channels)[:, None], np.arange(bins)[None]
    return np.sqrt(2 / channels) * np.cos(np.pi * j * (i + 0.5) / channels)


def mfcc(clip, rate, window, stride, bins=10, channels=40, lower=20, upper=4000, floor=1e-12):
    """[frames, bins]."""
    power = power_spectra(clip, window, stride)
    mel = np.sqrt(power) @ mel_matrix(power.shape[1], rate, channels, lower, upper)
    return np.log(np.maximum(mel, floor)) @ cosine_matrix(channels, bins)


def which_set(name, validation, testing):
    """The set of a file, as the dataset's authors define it."""
    base = re.sub(r"_nohash_.*$", "", name.rsplit("/", 1)[-1])
    number = int(hashlib.sha1(base.encode()).hexdigest(), 16) % 2 ** 27
    percent = number * (100.0 / (2 ** 27 - 1))
    if percent < validation:
        return "validation"
    return "testing" if percent < validation + testing else "training"
