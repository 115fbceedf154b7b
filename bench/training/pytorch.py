"""The same LeNet-5 in plain PyTorch on one thread. Reads lines `batch samples`, answers each with one JSON line."""

import json
import resource
import sys
import time

import torch
from torch import nn

torch.set_num_threads(1)
torch.manual_seed(1)

PICTURES = torch.randn(8000, 3, 28, 28)
LABELS = torch.randint(0, 10, (8000,))


def lenet():
    return nn.Sequential(
        nn.Conv2d(3, 6, 5), nn.ReLU(), nn.MaxPool2d(2),
        nn.Conv2d(6, 16, 5), nn.ReLU(), nn.MaxPool2d(2),
        nn.Flatten(),
        nn.Linear(256, 120), nn.ReLU(),
        nn.Linear(120, 84), nn.ReLU(),
        nn.Linear(84, 10),
    )


def train(batch, samples):
    """What one pass over so many random pictures takes."""
    model = lenet()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.01, momentum=0.9)
    criterion = nn.CrossEntropyLoss()
    order = torch.randperm(samples)
    cpu, wall = time.process_time(), time.perf_counter()
    for start in range(0, samples, batch):
        index = order[start : start + batch]
        optimizer.zero_grad()
        criterion(model(PICTURES[index]), LABELS[index]).backward()
        optimizer.step()
    return {
        "seconds": time.process_time() - cpu,
        "wallSeconds": time.perf_counter() - wall,
        "peakMemoryMb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }


train(32, 32)
print(json.dumps({"name": f"PyTorch {torch.__version__}"}), flush=True)
for line in sys.stdin:
    print(json.dumps(train(*map(int, line.split()))), flush=True)
