"""The same LeNet-5 in plain PyTorch on one thread. Reads lines `batch samples`, answers each with one JSON line."""

import json
import sys
import time

import torch
from torch import nn

torch.set_num_threads(1)
torch.manual_seed(1)


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
    """CPU seconds for one pass over so many random pictures."""
    model = lenet()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.01, momentum=0.9)
    criterion = nn.CrossEntropyLoss()
    pictures = torch.randn(samples, 3, 28, 28)
    labels = torch.randint(0, 10, (samples,))
    order = torch.randperm(samples)
    started = time.process_time()
    for start in range(0, samples, batch):
        index = order[start : start + batch]
        optimizer.zero_grad()
        criterion(model(pictures[index]), labels[index]).backward()
        optimizer.step()
    return time.process_time() - started


print(json.dumps({"version": torch.__version__}), flush=True)
train(32, 320)
for line in sys.stdin:
    batch, samples = map(int, line.split())
    print(json.dumps({"seconds": train(batch, samples)}), flush=True)
