"""studies/two-epochs.yaml as a plain PyTorch loop: 100 random settings of SGD, 2 epochs each, one after the other.

    python3 bench/two-epochs-pytorch.py .simmer/datasets/simpsons-mnist-rgb.simmer

Reads the file that `simmer data get simpsons-mnist-rgb` prepares, and prints one line of JSON. PyTorch uses all cores.
"""
import json
import math
import random
import struct
import sys
import time

import numpy
import torch
from torch import nn

TRIALS, EPOCHS, BATCH, VALIDATION_SHARE = 100, 2, 100, 0.2


def read_training_set(path):
    content = open(path, "rb").read()
    assert content[:8] == b"SIMMER01", f"expected a prepared data set of Simmer in {path}"
    (length,) = struct.unpack("<I", content[8:12])
    header = json.loads(content[12 : 12 + length])
    count = header["trainCount"]
    shape = (count, header["height"], header["width"], header["channels"])
    pixels = numpy.frombuffer(content, numpy.uint8, math.prod(shape), 12 + length)
    labels = numpy.frombuffer(content, numpy.uint8, count, 12 + length + pixels.size)
    pictures = torch.from_numpy(pixels.reshape(shape).transpose(0, 3, 1, 2) / 255.0).float()
    pictures = (pictures - pictures.mean((0, 2, 3), keepdim=True)) / pictures.std((0, 2, 3), keepdim=True)
    return pictures.contiguous(), torch.from_numpy(labels.astype(numpy.int64)), len(header["classes"])


def lenet(channels, classes):
    return nn.Sequential(
        nn.Conv2d(channels, 6, 5), nn.ReLU(), nn.MaxPool2d(2),
        nn.Conv2d(6, 16, 5), nn.ReLU(), nn.MaxPool2d(2),
        nn.Flatten(), nn.Linear(256, 120), nn.ReLU(), nn.Linear(120, 84), nn.ReLU(), nn.Linear(84, classes),
    )


def main():
    random.seed(7)
    torch.manual_seed(7)
    pictures, labels, classes = read_training_set(sys.argv[1])
    order = torch.randperm(len(labels))
    held = int(len(labels) * VALIDATION_SHARE)
    judged, learned = order[:held], order[held:]
    started, training, best = time.perf_counter(), 0.0, 0.0
    for _ in range(TRIALS):
        network = lenet(pictures.shape[1], classes)
        lr, momentum = math.exp(random.uniform(math.log(1e-4), math.log(0.3))), random.uniform(0, 0.99)
        optimizer = torch.optim.SGD(network.parameters(), lr=lr, momentum=momentum)
        for _ in range(EPOCHS):
            began = time.perf_counter()
            for batch in learned[torch.randperm(len(learned))].split(BATCH):
                optimizer.zero_grad()
                nn.functional.cross_entropy(network(pictures[batch]), labels[batch]).backward()
                optimizer.step()
            training += time.perf_counter() - began
            with torch.no_grad():
                accuracy = (network(pictures[judged]).argmax(1) == labels[judged]).float().mean().item()
        best = max(best, accuracy)
    print(json.dumps({
        "torch": torch.__version__, "threads": torch.get_num_threads(), "trials": TRIALS,
        "wall_seconds": round(time.perf_counter() - started, 1),
        "samples_per_second": round(TRIALS * EPOCHS * len(learned) / training),
        "best_val_accuracy": round(best, 4),
    }))


main()
