#!/usr/bin/python3
"""make - prints boundaries.tsv: where the levels of some neurons change.

Boundary n of a neuron with threshold T, step s and b bits is floor(T + n * s * 2^(4 - b)), n = 0 ..
2^b - 2: the product exact, the sum rounded once to a double, kept within +-2^62. Computed here with
fractions; s is the float32 nearest to the decimal number below, and hardly one is exact in binary.
"""

import fractions
import math
import struct

# (threshold, step); the last ones need every bit of the sum: a second rounding, or none, moves them.
NEURONS = [
    (0, 0.1), (1, 0.3), (-1, 1 / 3), (40, 17.3), (-900, 1801.7), (12345, 0.7), (-7, 2.2),
    (3, 0.0047), (-20000, 9123.45), (250, 0.9999999), (-1, 1e-30), (0, 3e30),
    (2**30, 0.7), (2**30 + 1, 0.1), (-2**30, 0.3), (2**30 - 3, 0.7), (-2**30 - 5, 1.3),
    (1000000007, 1234567.8), (-2**31, 0.3), (2**31 - 1, 0.7),
]


def float32(value):
    return struct.unpack("<f", struct.pack("<f", value))[0]


def boundary(threshold, step, bits, n):
    exact = threshold + n * fractions.Fraction(step) * fractions.Fraction(2)**(4 - bits)
    rounded = exact.numerator / exact.denominator  # Python divides integers with one rounding
    return max(-2**62, min(math.floor(rounded), 2**62))


def main():
    print("# bits", "threshold", "step", "boundaries (made by make.py)", sep="\t")
    for bits in range(1, 9):
        for threshold, decimal in NEURONS:
            step = float32(decimal)
            boundaries = [boundary(threshold, step, bits, n) for n in range(2**bits - 1)]
            print(bits, threshold, f"{step:.9g}", *boundaries, sep="\t")


if __name__ == "__main__":
    main()
