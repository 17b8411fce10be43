"""Outputs, loss and gradients of GRU layers of Keras, for test/suites/keras-gru.ts.

KERAS_BACKEND=torch python test/golden/keras-gru.py > test/suites/keras-gru.ts, with keras 3.15.1 and torch 2.13.0
"""

import json

import keras
import numpy as np
import torch


def values(shape, seed):
    """Multiples of 1/64 in (-1, 1), which every float type holds."""
    i = np.arange(np.prod(shape), dtype=np.int64)
    return (((i * 37 + seed * 101) % 127 - 63) / 64).astype("float32").reshape(shape)


def run(reset_after, go_backwards):
    """A sequence autoencoder; `go_backwards` is of its first layer."""
    gru = lambda units, **options: keras.layers.GRU(units, reset_after=reset_after, **options)
    model = keras.Sequential(
        [
            keras.Input((5, 3)),
            gru(4, return_sequences=True, go_backwards=go_backwards),
            gru(2),
            keras.layers.RepeatVector(5),
            gru(3, return_sequences=True),
        ]
    )
    model.set_weights([values(w.shape, seed) for seed, w in enumerate(model.weights)])
    y = model(torch.tensor(values((4, 5, 3), 10)))
    loss = ((y - torch.tensor(values(tuple(y.shape), 11))) ** 2).mean()
    loss.backward()
    return {
        "resetAfter": reset_after,
        "goBackwards": go_backwards,
        "y": rounded(y),
        "loss": rounded(loss)[0],
        "gradients": [rounded(w.value.grad) for w in model.weights],
    }


def rounded(tensor):
    return [float(f"{v:.7g}") for v in tensor.detach().cpu().numpy().ravel()]


cases = [run(reset_after, go_backwards) for reset_after in (True, False) for go_backwards in (False, True)]
print(f"// Written by test/golden/keras-gru.py with Keras {keras.__version__} and its torch backend: do not edit.\n")
print("// biome-ignore format: a case a line\nexport const kerasGru = [")
for case in cases:
    print(f"  {json.dumps(case)},")
print("] as const;")
