#!/usr/bin/python3
"""mnist_edge.py - print mnist_edge.yaml, the network that learns digits at the edge.

usage: ./mnist_edge.py > mnist_edge.yaml

Two layers turn a 28x28 image into 24x24x8 binary events, one map per orientation; the last layer
learns. An event means: the edge filter f_i exceeds 1000 and its neighbouring orientations do not
exceed it (local winner-take-all). The first layer fires for f_i > 1000 and for f_i - f_(i+1) > 0,
the second joins f_i > 1000, f_i > f_(i+1) and not f_(i-1) > f_i.
"""

KERNEL = 5
# Direction in which a step edge rises, at 0, 45, ... 315 degrees: (x, y).
DIRECTIONS = [(1, 0), (1, 1), (0, 1), (-1, 1), (-1, 0), (-1, -1), (0, -1), (1, -1)]
THRESHOLD = 1000


def sign(value):
    return (value > 0) - (value < 0)


def edge(direction, x, y):
    """+1 on the bright side, -1 on the dark one, 0 on the middle line: 20 of 25 are not 0."""
    return sign((x - KERNEL // 2) * direction[0] + (y - KERNEL // 2) * direction[1])


def edge_weights():
    """[width][height][channels][neurons]: eight filters, then each minus the next one."""
    weights = []
    for x in range(KERNEL):
        column = []
        for y in range(KERNEL):
            filters = [edge(direction, x, y) for direction in DIRECTIONS]
            differences = [filters[i] - filters[(i + 1) % 8] for i in range(8)]
            column.append([filters + differences])
        weights.append(column)
    return weights


def winner_weights():
    """[1][1][channels][neurons]: +1 f_i, +1 f_i - f_(i+1), -1 f_(i-1) - f_i."""
    rows = []
    for channel in range(16):
        row = []
        for neuron in range(8):
            wins = channel in (neuron, 8 + neuron)
            loses = channel == 8 + (neuron - 1) % 8
            row.append(wins - loses)
        rows.append(row)
    return [[rows]]


def print_weights(weights):
    print("      weights:")
    for column in weights:
        print("        -")
        for cell in column:
            if len(cell) == 1:
                print(f"          - [{cell[0]}]")
                continue
            print("          -")
            for channel in cell:
                print(f"            - {channel}")


def main():
    thresholds = [THRESHOLD] * 8 + [0] * 8
    print("# Made by mnist_edge.py, which says what it means.")
    print("name: mnist_edge")
    print("layers:")
    print("  - type: InputConvolutional")
    print("    name: edges")
    for key in ("input_width", "input_height"):
        print(f"    {key}: 28")
    print("    input_channels: 1")
    for key in ("kernel_width", "kernel_height"):
        print(f"    {key}: {KERNEL}")
    print("    num_neurons: 16")
    print("    convolution_mode: Valid")
    print("    weights_bits: 3")
    print("    variables:")
    print(f"      threshold_fire: {thresholds}")
    print_weights(edge_weights())
    print("  - type: Convolutional")
    print("    name: winners")
    for key in ("kernel_width", "kernel_height"):
        print(f"    {key}: 1")
    print("    num_neurons: 8")
    print("    weights_bits: 2")
    print("    threshold_fire: 1")
    print("    variables:")
    print_weights(winner_weights())
    print("  - type: FullyConnected")
    print("    name: digits")
    print("    num_neurons: 1000")
    print("    activations_enabled: false")


main()
