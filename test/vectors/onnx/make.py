"""Writes the ONNX files of this folder with PyTorch, and samples with the outputs of PyTorch.

Run with Debian 12's packages python3-torch (1.13) and python3-onnx (1.12): /usr/bin/python3 make.py
Each NAME.onnx has a NAME.json: { input, output } with the shapes and values of two samples, as in the file.
"""

import json
import os

import torch
from torch import nn

torch.manual_seed(5)
folder = os.path.dirname(os.path.abspath(__file__))


class Reshape(nn.Module):
    """nn.Unflatten, which PyTorch 1.13 does not export."""

    def __init__(self, *shape):
        super().__init__()
        self.shape = shape

    def forward(self, x):
        return x.reshape(-1, *self.shape)


class Residual(nn.Module):
    def __init__(self, inner):
        super().__init__()
        self.inner = inner

    def forward(self, x):
        return x + self.inner(x)


class Skip(nn.Module):
    def __init__(self, inner):
        super().__init__()
        self.inner = inner

    def forward(self, x):
        return torch.cat([x, self.inner(x)], 1)


class Recurrent(nn.Module):
    """Reads a sequence and makes a sequence of its last state."""

    def __init__(self):
        super().__init__()
        self.encoder = nn.GRU(2, 5, batch_first=True)
        self.code = nn.Linear(5, 3)
        self.decoder = nn.GRU(3, 4, batch_first=True)
        self.output = nn.Linear(4, 2)

    def forward(self, x):
        _, state = self.encoder(x)
        code = self.code(state[-1])
        steps, _ = self.decoder(code.unsqueeze(1).repeat(1, x.shape[1], 1))
        return self.output(steps)


class LastStep(nn.Module):
    """A recurrent encoder that takes the last of all states."""

    def __init__(self):
        super().__init__()
        self.gru = nn.GRU(2, 6, batch_first=True)
        self.output = nn.Linear(6, 3)

    def forward(self, x):
        states, _ = self.gru(x)
        return torch.tanh(self.output(states[:, -1]))


class Variational(nn.Module):
    """The mean is the code; the outputs are the reconstruction, the mean and the logarithm of the variance."""

    def __init__(self):
        super().__init__()
        self.hidden = nn.Linear(10, 8)
        self.mean = nn.Linear(8, 2)
        self.log_variance = nn.Linear(8, 2)
        self.decoder = nn.Sequential(nn.Linear(2, 8), nn.ReLU(), nn.Linear(8, 10), nn.Sigmoid())

    def forward(self, x):
        hidden = torch.relu(self.hidden(x))
        mean = self.mean(hidden)
        return self.decoder(mean), mean, self.log_variance(hidden)


class View(nn.Module):
    """Flattens and restores by the size of the batch, as older code does."""

    def __init__(self):
        super().__init__()
        self.encoder = nn.Conv2d(1, 3, 2, stride=2)
        self.code = nn.Linear(3 * 3 * 2, 4)
        self.back = nn.Linear(4, 3 * 3 * 2)
        self.decoder = nn.ConvTranspose2d(3, 1, 2, stride=2)

    def forward(self, x):
        h = torch.relu(self.encoder(x))
        h = torch.relu(self.code(h.view(h.size(0), -1)))
        h = torch.relu(self.back(h)).view(-1, 3, 3, 2)
        return torch.sigmoid(self.decoder(h))


MODELS = {
    "dense": (
        nn.Sequential(
            nn.Linear(12, 7), nn.GELU(), nn.Linear(7, 3), nn.SiLU(), nn.Linear(3, 7), nn.LeakyReLU(), nn.Linear(7, 12), nn.Sigmoid()
        ),
        (12,),
        17,
    ),
    "dense-norm": (
        nn.Sequential(
            nn.Linear(12, 7, bias=False), nn.BatchNorm1d(7), nn.PReLU(7), nn.Dropout(0.5), nn.Linear(7, 4), nn.LayerNorm(4), nn.ELU(),
            nn.Linear(4, 5), nn.Softplus(), nn.Linear(5, 5), nn.SELU(), nn.Linear(5, 12), nn.Softmax(1),
        ),
        (12,),
        17,
    ),
    "images": (
        nn.Sequential(
            nn.Conv2d(2, 4, 3, stride=2, padding=1), nn.ReLU(), nn.Conv2d(4, 6, 3, stride=2, padding=1), nn.LeakyReLU(0.2),
            nn.Flatten(), nn.Linear(6 * 2 * 3, 5), nn.Linear(5, 6 * 2 * 3), nn.BatchNorm1d(36), nn.ReLU(), Reshape(6, 2, 3),
            nn.ConvTranspose2d(6, 4, 3, stride=2, padding=1, output_padding=1), nn.ReLU(),
            nn.ConvTranspose2d(4, 2, 4, stride=2, padding=1), nn.Sigmoid(),
        ),
        (2, 8, 12),
        17,
    ),
    "u-net": (
        nn.Sequential(
            nn.Conv2d(3, 4, 3, padding=1), nn.BatchNorm2d(4), nn.ReLU(),
            Skip(nn.Sequential(
                nn.MaxPool2d(2), nn.Conv2d(4, 8, 3, padding=1), nn.ReLU(),
                Residual(nn.Sequential(nn.Conv2d(8, 8, 3, padding=1, groups=8), nn.Tanh(), nn.Conv2d(8, 8, 1))),
                nn.Upsample(scale_factor=2), nn.Conv2d(8, 4, 3, padding=1), nn.ReLU(),
            )),
            nn.AvgPool2d(2), nn.Upsample(scale_factor=2, mode="bilinear"), nn.Conv2d(8, 3, (3, 5), padding=(1, 2)),
        ),
        (3, 8, 12),
        17,
    ),
    "pooled": (
        nn.Sequential(
            nn.Conv2d(1, 4, 3, bias=False, dilation=2), nn.BatchNorm2d(4), nn.SiLU(), nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(4, 3)
        ),
        (1, 9, 8),
        13,
    ),
    "signals": (
        nn.Sequential(
            nn.Conv1d(2, 4, 5, stride=2, padding=2), nn.ELU(), nn.AvgPool1d(2), nn.Conv1d(4, 3, 3, padding=1), nn.Tanh(),
            nn.Upsample(scale_factor=4), nn.Conv1d(3, 2, 3, padding=1),
        ),
        (2, 16),
        17,
    ),
    "view": (View(), (1, 6, 4), 11),
    "recurrent": (Recurrent(), (6, 2), 17),
    "last-step": (LastStep(), (6, 2), 17),
    "variational": (Variational(), (10,), 17),
}

for name, (model, shape, opset) in MODELS.items():
    for module in model.modules():
        if isinstance(module, (nn.BatchNorm1d, nn.BatchNorm2d)):
            nn.init.uniform_(module.running_mean, -0.5, 0.5)
            nn.init.uniform_(module.running_var, 0.5, 1.5)
            nn.init.uniform_(module.bias, -0.5, 0.5)
    model.eval()
    x = torch.rand(2, *shape)
    with torch.no_grad():
        y = model(x)
    y = y[0] if isinstance(y, tuple) else y
    path = os.path.join(folder, f"{name}.onnx")
    axes = {"input": {0: "batch"}}
    torch.onnx.export(model, x, path, opset_version=opset, input_names=["input"], dynamic_axes=axes)
    example = {"input": [list(x.shape), x.flatten().tolist()], "output": [list(y.shape), y.flatten().tolist()]}
    with open(os.path.join(folder, f"{name}.json"), "w") as file:
        json.dump({key: {"shape": shape, "values": [float(f"{v:.9g}") for v in values]} for key, (shape, values) in example.items()}, file)
        file.write("\n")
