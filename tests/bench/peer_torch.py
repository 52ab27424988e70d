#!/usr/bin/python3
"""peer_torch - times training steps beside PyTorch.

usage: peer_torch.py BENCH_TRAINING [JOBS]

Runs short rounds of the program and of PyTorch in turn, on the same network, batch and threads, and
prints the fastest round of each: 28x28x1, conv 3x3 of 32, pool, conv 3x3 of 64, pool, dense 10;
batch 128, forward and backward.
"""

import subprocess
import sys
import time

ROUNDS = 15
STEPS = 5


def torch_steps(jobs):
    """A function that runs a number of steps with PyTorch."""
    import torch
    from torch import nn

    torch.set_num_threads(jobs)
    torch.manual_seed(1)
    network = nn.Sequential(
        nn.Conv2d(1, 32, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2),
        nn.Conv2d(32, 64, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2),
        nn.Flatten(), nn.Linear(7 * 7 * 64, 10))
    samples = torch.rand(128, 1, 28, 28) * 2 - 1

    def run(steps):
        for _ in range(steps):
            network.zero_grad()
            (network(samples).square().sum() / 2).backward()

    return run


def main():
    jobs = int(sys.argv[2]) if len(sys.argv) > 2 else 2
    try:
        theirs = torch_steps(jobs)
    except ImportError:
        print("training: skipped, /usr/bin/python3 has no torch (python3-torch)")
        return
    program = subprocess.Popen([sys.argv[1], str(jobs)], stdin=subprocess.PIPE,
                               stdout=subprocess.PIPE, text=True)

    def our_time():
        program.stdin.write(f"{STEPS}\n")
        program.stdin.flush()
        return float(program.stdout.readline()) / STEPS

    def their_time():
        start = time.perf_counter()
        theirs(STEPS)
        return (time.perf_counter() - start) * 1000 / STEPS

    rounds = [(our_time(), their_time()) for _ in range(ROUNDS)]
    ours, torch = (min(times) for times in zip(*rounds[2:]))
    print(f"training step, {jobs} threads: {ours:.2f} ms, PyTorch {torch:.2f} ms, "
          f"ratio {torch / ours:.2f}")
    program.stdin.close()
    program.wait()


if __name__ == "__main__":
    main()
