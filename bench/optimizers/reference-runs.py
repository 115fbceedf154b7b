"""Runs hyperopt and pySOT on the problems of this benchmark and writes what every seed reached.

data/reference.json has medians and quartiles of these packages. A test of ranks needs the value of each seed, which
this script measures again: with Python 3.11 and the versions below, its medians and quartiles are those of the table.
Before it starts, it holds its own formulas against the reference points.

    python3.11 -m venv .venv
    .venv/bin/pip install hyperopt==0.3.0 pySOT==0.3.3 six numpy==2.4.6 scipy==1.17.1
    .venv/bin/python bench/optimizers/reference-runs.py bench/optimizers/data reference-seeds.json

pySOT needs six without saying so. The whole takes some 20 minutes of one core. The output is rewritten after every
method, so that a part of it is there early.
"""

import argparse
import json
import math
import os
import platform
from importlib.metadata import version
from pathlib import Path

# Systems this small are solved fastest by one thread, which also adds in always the same order.
os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import numpy as np
from hyperopt import fmin, hp, rand, tpe
from poap.controller import SerialController
from pySOT.experimental_design import SymmetricLatinHypercube
from pySOT.optimization_problems import OptimizationProblem
from pySOT.strategy import DYCORSStrategy, SRBFStrategy
from pySOT.surrogate import CubicKernel, LinearTail, RBFInterpolant

SEEDS = range(20)
BUDGETS = (25, 50, 100, 128, 200)


# The problems


def read_problems(folder):
    """All problems of reference.json in its order: name, space, trials, reference points, and the loss of a setting."""
    functions = json.loads((folder / "reference.json").read_text())["functions"]
    return [problem_of(name, entry, folder) for name, entry in functions.items()]


def problem_of(name, entry, folder):
    is_task = name.startswith("t:")
    loss_of = forest_loss(read_forest(folder, name)) if is_task else function_loss(name, entry)
    return {
        "name": name,
        "space": entry["space"],
        "trials": 128 if is_task else 200,
        "points": entry["reference_points"],
        "loss_of": loss_of,
    }


def read_forest(folder, name):
    return json.loads((folder / f"{name[len('t:'):]}.json").read_text())


def forest_loss(forest):
    """The mean of the trees' leaves, for a setting that is coded in the unit cube."""

    def loss(config):
        # The forest was fitted to single precision coordinates.
        u = [float(np.float32(unit_of(one, config[one["name"]]))) for one in forest["space"]]
        return sum(leaf_value(tree, u) for tree in forest["trees"]) / len(forest["trees"])

    return loss


def leaf_value(tree, u):
    node = 0
    while tree["l"][node] != -1:
        goes_left = u[tree["f"][node]] <= tree["t"][node]
        node = tree["l" if goes_left else "r"][node]
    return tree["v"][node]


def unit_of(one, value):
    low, high = one["low"], one["high"]
    if one["kind"] == "int":
        return (value - low + 0.5) / (high - low + 1)
    if one["kind"] == "loguniform":
        return math.log(value / low) / math.log(high / low)
    if one["kind"] == "logit":
        return (log_odds(value) - log_odds(low)) / (log_odds(high) - log_odds(low))
    return (value - low) / (high - low)


def log_odds(share):
    return math.log(share / (1 - share))


def sigmoid(x):
    return 1 / (1 + math.exp(-x))


def function_loss(name, entry):
    """The losses by formula. Those of continuous coordinates only take them as an array."""
    if name in MIXED:
        return MIXED[name]
    names = [one["name"] for one in entry["space"]]
    formula = CONTINUOUS[name]
    return lambda config: float(formula(np.array([config[each] for each in names]), entry))


def branin(x, _):
    bowl = x[1] - 5.1 / (4 * math.pi**2) * x[0] ** 2 + 5 / math.pi * x[0] - 6
    return bowl**2 + 10 * (1 - 1 / (8 * math.pi)) * math.cos(x[0]) + 10


def hartmann(x, entry):
    squares = (x - np.array(entry["P"])) ** 2
    return -np.dot(entry["alpha"], np.exp(-np.sum(entry["A"] * squares, axis=1)))


def ackley(x, _):
    hole = 20 * math.exp(-0.2 * math.sqrt(np.mean(x**2)))
    return 20 + math.e - hole - math.exp(np.mean(np.cos(2 * math.pi * x)))


def rosenbrock(x, _):
    return np.sum(100 * (x[1:] - x[:-1] ** 2) ** 2 + (1 - x[:-1]) ** 2)


def levy(x, _):
    w = 1 + (x - 1) / 4
    middle = (w[:-1] - 1) ** 2 * (1 + 10 * np.sin(math.pi * w[:-1] + 1) ** 2)
    last = (w[-1] - 1) ** 2 * (1 + math.sin(2 * math.pi * w[-1]) ** 2)
    return math.sin(math.pi * w[0]) ** 2 + np.sum(middle) + last


def lenet_like(config):
    """Answers as the error of a small convolutional network does."""
    log_lr, log_units = math.log10(config["lr"]), math.log2(config["units"])
    batch, opt, momentum = config["batch"], config["opt"], config["momentum"]
    # Momentum raises the effective learning rate of the first optimizer.
    gain = math.log10(1 / (1 - momentum)) if opt == 0 else 0
    off = log_lr - [-1.3, -2.9, -2.0][opt] - 0.35 * math.log2(batch / 32) / 2 + gain
    raw = 0.1 + (0.09 if off < 0 else 0.3) * off**2
    rest = 4 * 0.04 * (config["dropout"] - 0.25) ** 2 + 0.012 * (log_units - 7) ** 2 / 4
    rest += [0, 0.012, 0.02][opt] + 0.015 * abs(math.log2(batch) - 6) / 4
    ripple = 0.01 * math.sin(6 * log_lr) * math.cos(5 * momentum)
    return raw / (1 + 0.5 * raw) + rest + ripple


def conditional_net(config):
    """A nested conditional space: what is inactive is absent."""
    depth = config["layers"] + 1
    widths = [math.log2(config[name]) for name in ("u1", "u2", "u3")[:depth]]
    loss = optimizer_part(config) + [0.06, 0, 0.03][depth - 1]
    loss += sum(0.015 * (width - best) ** 2 for width, best in zip(widths, (7, 6, 5)))
    loss += 0.2 * (config["drop"] - 0.15 * depth) ** 2
    return loss + 0.01 * (math.log10(config["wd"]) + 4) ** 2


def optimizer_part(config):
    if config["opt"] == 0:
        gain = math.log10(1 / (1 - config["mom_sgd"]))
        return 0.12 + 0.1 * (math.log10(config["lr_sgd"]) + 1.5 + gain) ** 2
    off = 0.14 * (math.log10(config["lr_adam"]) + 2.8) ** 2
    return 0.1 + off + 0.02 * (math.log10(config["omb2"]) + 2.5) ** 2


CONTINUOUS = {
    "branin2": branin,
    "hartmann6": hartmann,
    "ackley10": ackley,
    "ackley20": ackley,
    "rosenbrock10": rosenbrock,
    "levy10": levy,
}
MIXED = {"lenet_like6": lenet_like, "cond_net11": conditional_net}


# From a point of the unit cube to a setting


def decode(space, u):
    """The setting at a point of the unit cube, without the parameters that are inactive there."""
    config = {}
    for one, share in zip(space, u):
        if is_active(one, config):
            config[one["name"]] = decode_one(one, share)
    return config


def is_active(one, config):
    if "cond" not in one:
        return True
    parent, options = one["cond"]
    return config[parent] in options


def decode_one(one, u):
    if one["kind"] == "choice":
        return min(one["k"] - 1, math.floor(u * one["k"]))
    low, high = one["low"], one["high"]
    if one["kind"] == "uniform":
        return low + u * (high - low)
    if one["kind"] == "loguniform":
        return math.exp(math.log(low) + u * (math.log(high) - math.log(low)))
    if one["kind"] == "logit":
        return sigmoid(log_odds(low) + u * (log_odds(high) - log_odds(low)))
    if one["kind"] == "int":
        return min(high, low + math.floor(u * (high - low + 1)))
    if one["kind"] == "qint":
        steps = round((high - low) / one["q"]) + 1
        return low + one["q"] * min(steps - 1, math.floor(u * steps))
    return clip(decode_logint(low, high, u), low, high)


def decode_logint(low, high, u):
    start, end = math.log(low - 0.5), math.log(high + 0.5)
    return round(math.exp(start + u * (end - start)))


def clip(value, low, high):
    return min(high, max(low, value))


# hyperopt


def run_hyperopt(suggest):
    """A run of hyperopt in its native space."""

    def run(problem, objective, seed):
        space = problem["space"]
        fmin(
            lambda drawn: objective(config_of(space, drawn)),
            hyperopt_space(space),
            algo=suggest,
            max_evals=problem["trials"],
            rstate=np.random.default_rng(seed),
            show_progressbar=False,
            verbose=False,
        )

    return run


def hyperopt_space(space):
    """The space of hyperopt: every parameter under its name, and the conditional ones inside of their choice."""
    nodes = {}
    # Children come first, for their choices refer to them.
    for one in sorted(space, key=lambda one: "cond" not in one):
        nodes[one["name"]] = hyperopt_node(one, space, nodes)
    return {one["name"]: nodes[one["name"]] for one in space if "cond" not in one}


def hyperopt_node(one, space, nodes):
    name, kind = one["name"], one["kind"]
    if kind == "choice":
        return hp.choice(name, [option_of(one, i, space, nodes) for i in range(one["k"])])
    low, high = one["low"], one["high"]
    if kind == "uniform":
        return hp.uniform(name, low, high)
    if kind == "loguniform":
        return hp.loguniform(name, math.log(low), math.log(high))
    if kind == "logit":
        return hp.uniform(name, log_odds(low), log_odds(high))
    if kind == "logint":
        return hp.qloguniform(name, math.log(low), math.log(high), 1)
    return hp.quniform(name, low, high, one.get("q", 1))


def option_of(choice, index, space, nodes):
    """An option of a choice: its index, and the parameters that are active with it."""
    active = [one["name"] for one in space if one.get("cond", [None])[0] == choice["name"] and index in one["cond"][1]]
    return {choice["name"]: index, **{name: nodes[name] for name in active}}


def config_of(space, drawn):
    """The setting that hyperopt drew, in the units of the problem and without nesting."""
    flat = {}
    for name, value in drawn.items():
        flat.update(value if isinstance(value, dict) else {name: value})
    return {one["name"]: value_of(one, flat[one["name"]]) for one in space if one["name"] in flat}


def value_of(one, drawn):
    if one["kind"] == "logit":
        return sigmoid(drawn)
    if one["kind"] == "logint":
        return clip(round(drawn), one["low"], one["high"])
    return int(drawn) if one["kind"] in ("int", "qint") else drawn


# pySOT


class UnitCube(OptimizationProblem):
    """A problem as pySOT sees it: [0, 1]^d, where all coordinates count, those of inactive parameters too."""

    def __init__(self, problem, objective):
        self.space, self.objective = problem["space"], objective
        self.dim = len(self.space)
        self.lb, self.ub = np.zeros(self.dim), np.ones(self.dim)
        self.int_var, self.cont_var = np.array([]), np.arange(self.dim)

    def eval(self, u):
        return self.objective(decode(self.space, u))


def run_pysot(strategy):
    """A serial run of pySOT, which starts again from a new design where the search has converged."""

    def run(problem, objective, seed):
        np.random.seed(seed)
        cube = UnitCube(problem, objective)
        controller = SerialController(cube.eval)
        controller.strategy = strategy(
            max_evals=problem["trials"],
            opt_prob=cube,
            exp_design=SymmetricLatinHypercube(cube.dim, num_pts=2 * (cube.dim + 1), iterations=100),
            surrogate=cubic_rbf(cube),
            asynchronous=True,
            num_cand=100 * cube.dim,
            use_restarts=True,
        )
        controller.run()

    return run


def cubic_rbf(cube):
    return RBFInterpolant(cube.dim, cube.lb, cube.ub, kernel=CubicKernel(), tail=LinearTail(cube.dim), eta=1e-6)


METHODS = {
    "hyperopt.rand": run_hyperopt(rand.suggest),
    "hyperopt.tpe": run_hyperopt(tpe.suggest),
    "pysot.srbf": run_pysot(SRBFStrategy),
    "pysot.dycors": run_pysot(DYCORSStrategy),
}


# The measurement


def check(problem):
    """Stops where our formulas or our decoding disagree with the reference points."""
    for point in problem["points"]:
        config = decode(problem["space"], point["u"])
        settings_agree = config.keys() == point["config"].keys() and all(
            is_close(config[name], value) for name, value in point["config"].items()
        )
        loss = problem["loss_of"](point["config"])
        if not settings_agree:
            raise SystemExit(f"{problem['name']}: expected the setting {point['config']}, found {config}.")
        if not is_close(loss, point["value"]):
            raise SystemExit(f"{problem['name']}: expected the loss {point['value']}, found {loss}.")


def is_close(found, expected):
    return math.isclose(found, expected, rel_tol=1e-9, abs_tol=1e-9)


def losses_of(run, problem, seed):
    """The loss of every trial, in order."""
    losses = []

    def objective(config):
        losses.append(problem["loss_of"](config))
        return losses[-1]

    run(problem, objective, seed)
    if len(losses) != problem["trials"]:
        raise SystemExit(f"{problem['name']}: expected {problem['trials']} trials, found {len(losses)}.")
    return losses


def best_after(runs, trials):
    """The best loss of each run after so many trials, with 8 digits."""
    return [float(f"{min(losses[:trials]):.8g}") for losses in runs]


def measure(method, problem):
    runs = [losses_of(METHODS[method], problem, seed) for seed in SEEDS]
    return {str(budget): best_after(runs, budget) for budget in BUDGETS if budget <= problem["trials"]}


def versions():
    packages = ("hyperopt", "pySOT", "POAP", "numpy", "scipy")
    return {"python": platform.python_version(), **{name: version(name) for name in packages}}


def write(path, values):
    """Replaces the file in one step: a reader never sees half of it."""
    partial = path.with_suffix(".partial")
    partial.write_text(json.dumps({"versions": versions(), "values": values}) + "\n")
    partial.replace(path)


def read_arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("data", type=Path, help="the folder of reference.json and the forests")
    parser.add_argument("output", type=Path, help="the file to write")
    return parser.parse_args()


def main():
    arguments = read_arguments()
    problems = read_problems(arguments.data)
    for problem in problems:
        check(problem)
    values = {}
    for problem in problems:
        values[problem["name"]] = {}
        for method in METHODS:
            values[problem["name"]][method] = measure(method, problem)
            write(arguments.output, values)
            print(problem["name"], method, flush=True)


if __name__ == "__main__":
    main()
