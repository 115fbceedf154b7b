"""Times suggestions of hyperopt, for asks.ts: answers each line {"trials": n, "dimensions": d} with CPU milliseconds."""

import json
import sys
import time

import numpy as np
from hyperopt import Trials, hp, tpe
from hyperopt.base import Domain, JOB_STATE_DONE, STATUS_OK

SEEDS = np.random.default_rng(1)


def finished(domain, dimensions, count):
    trials = Trials()
    docs = []
    for tid in range(count):
        values = {f"x{i}": [float(SEEDS.uniform(-1, 2))] for i in range(dimensions)}
        loss = sum(value[0] ** 2 for value in values.values())
        misc = {"tid": tid, "cmd": domain.cmd, "workdir": None, "vals": values, "idxs": {key: [tid] for key in values}}
        doc = trials.new_trial_docs([tid], [None], [{"status": STATUS_OK, "loss": loss}], [misc])[0]
        doc["state"] = JOB_STATE_DONE
        docs.append(doc)
    trials.insert_trial_docs(docs)
    trials.refresh()
    return trials


def milliseconds(domain, trials, count):
    before = time.process_time()
    tpe.suggest([count], domain, trials, seed=int(SEEDS.integers(2**31)))
    return 1000 * (time.process_time() - before)


print("ready", flush=True)
known = {}
for line in sys.stdin:
    case = json.loads(line)
    key = (case["dimensions"], case["trials"])
    if key not in known:
        space = {f"x{i}": hp.uniform(f"x{i}", -1, 2) for i in range(case["dimensions"])}
        domain = Domain(lambda config: 0.0, space)
        known[key] = (domain, finished(domain, *key))
    domain, trials = known[key]
    print(json.dumps(milliseconds(domain, trials, case["trials"])), flush=True)
