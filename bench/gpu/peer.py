"""Times what the benchmark times, with PyTorch on the first CUDA device.

Reads a line of JSON for each request: kind, shape, compiled, runs. Answers each with a line: the milliseconds between
two events around the runs, or an error.
"""
import json
import sys

import torch
from torch import nn

# Like for like: f32 products are f32 products.
torch.backends.cuda.matmul.allow_tf32 = False
torch.backends.cudnn.allow_tf32 = False


def lenet5():
    return nn.Sequential(
        nn.Conv2d(1, 6, 5, padding=2), nn.ReLU(), nn.MaxPool2d(2),
        nn.Conv2d(6, 16, 5), nn.ReLU(), nn.MaxPool2d(2),
        nn.Flatten(), nn.Linear(400, 120), nn.ReLU(), nn.Linear(120, 84), nn.ReLU(), nn.Linear(84, 10))


def mlp():
    return nn.Sequential(
        nn.Linear(784, 512), nn.ReLU(), nn.Linear(512, 256), nn.ReLU(), nn.Linear(256, 10))


def normal(*shape):
    return torch.randn(*shape, device="cuda")


def model(kind, batch):
    if kind.endswith("lenet5"):
        return lenet5().cuda(), normal(batch, 1, 28, 28)
    return mlp().cuda(), normal(batch, 784)


def training(kind, batch, compiled):
    network, x = model(kind, batch)
    labels = torch.randint(10, (batch,), device="cuda")
    optimizer = torch.optim.Adam(network.parameters(), 1e-3, fused=True)

    def loss():
        return nn.functional.cross_entropy(network(x), labels)

    forward = torch.compile(loss) if compiled else loss

    def step():
        optimizer.zero_grad(set_to_none=True)
        forward().backward()
        optimizer.step()

    return step


def function(kind, shape):
    """A function and its operands."""
    functional = nn.functional
    if kind == "scale-gelu":
        return lambda x: functional.gelu(x * 0.5 + 0.25), [normal(*shape)]
    if kind == "relu(x+y)":
        return lambda x, y: torch.relu(x + y), [normal(*shape), normal(*shape)]
    if kind == "softmax":
        return lambda x: torch.softmax(x, 1), [normal(*shape)]
    if kind == "layer-norm":
        columns = shape[1]
        return (lambda x, a, b: functional.layer_norm(x, (columns,), a, b),
                [normal(*shape), normal(columns), normal(columns)])
    if kind == "product":
        m, n, k = shape
        return torch.matmul, [normal(m, k), normal(k, n)]
    if kind.startswith("infer-"):
        network, x = model(kind, shape[0])
        return network.eval(), [x]
    raise ValueError(f"no case of kind {kind}")


def work(kind, shape, compiled):
    if kind.startswith("train-"):
        return training(kind, shape[0], compiled)
    run, operands = function(kind, shape)
    run = torch.compile(run, dynamic=False) if compiled else run

    def step():
        with torch.no_grad():
            run(*operands)

    return step


def time(step, runs):
    start = torch.cuda.Event(enable_timing=True)
    end = torch.cuda.Event(enable_timing=True)
    start.record()
    for _ in range(runs):
        step()
    end.record()
    end.synchronize()
    return start.elapsed_time(end)


def main():
    answers = sys.stdout
    # Compilers print what they like.
    sys.stdout = sys.stderr

    def answer(**fields):
        print(json.dumps(fields), file=answers, flush=True)

    if not torch.cuda.is_available():
        answer(error="no device")
        return
    answer(torch=torch.__version__, device=torch.cuda.get_device_name(0))
    known = {}
    for line in sys.stdin:
        request = json.loads(line)
        case = (request["kind"], *request["shape"])
        try:
            if any(key[0] != case for key in known):
                known.clear()
                torch.cuda.empty_cache()
                torch.compiler.reset()
            key = (case, request["compiled"])
            if key not in known:
                known[key] = work(request["kind"], request["shape"], request["compiled"])
                time(known[key], 3)
            answer(ms=time(known[key], request["runs"]))
        except Exception as error:
            answer(error=f"{type(error).__name__}: {str(error)[:300]}")


main()
