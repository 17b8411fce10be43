# Answers "name times" lines with the seconds that so many repetitions took, on one thread.
import sys, time, torch
from torch import nn

torch.set_num_threads(1)
# Moments of units that died decay into denormals after some 600 steps, and these would slow every later step.
torch.set_flush_denormal(True)


class Same(nn.ConvTranspose2d):
    """Transposed convolution of stride 2 that doubles each side, as `same` does."""


dense = lambda: nn.Sequential(nn.Linear(784, 64), nn.ReLU(), nn.Linear(64, 784), nn.Sigmoid())
up = lambda a, b: Same(a, b, 3, stride=2, padding=1, output_padding=1)
conv = lambda: nn.Sequential(
    nn.Conv2d(1, 16, 3, 2, 1), nn.ReLU(), nn.Conv2d(16, 8, 3, 2, 1), nn.ReLU(),
    up(8, 8), nn.ReLU(), up(8, 16), nn.ReLU(), nn.Conv2d(16, 1, 3, 1, 1), nn.Sigmoid(),
)
runs = {}


def prepare(name):
    net, kind = name.rsplit("-", 1)
    model = conv() if net == "conv" else dense()
    shape = (32, 1, 28, 28) if net == "conv" else (1 if kind == "one" else 32, 784)
    x = torch.rand(*shape)
    if net == "conv":  # the layout in which it trains fastest, a sixth less than its default
        model, x = model.to(memory_format=torch.channels_last), x.contiguous(memory_format=torch.channels_last)
    if kind == "one":
        encoder = model[:2]

        def once():
            with torch.no_grad():
                encoder(x)
    elif kind == "forward":

        def once():
            with torch.no_grad():
                model(x)
    else:
        optimizer = torch.optim.Adam(model.parameters())
        criterion = nn.MSELoss()

        def once():
            optimizer.zero_grad()
            criterion(model(x), x).backward()
            optimizer.step()

    return once


print("ready", torch.__version__, flush=True)
for line in sys.stdin:
    name, times = line.split()
    once = runs.setdefault(name, None) or prepare(name)
    runs[name] = once
    begin = time.perf_counter()
    for _ in range(int(times)):
        once()
    print(time.perf_counter() - begin, flush=True)
