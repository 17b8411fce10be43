"""The autoencoders of PyTorch whose weights test/save/state-dict.test.ts reads."""

from torch import nn


class Autoencoder(nn.Module):
    """Runs `encoder` and `decoder`, which subclasses define."""

    def forward(self, x):
        code = self.encoder(x)
        return code, self.decoder(code)


class Dense(Autoencoder):
    def __init__(self):
        super().__init__()
        self.encoder = nn.Sequential(nn.Linear(10, 7), nn.LayerNorm(7), nn.ReLU(), nn.Linear(7, 3))
        self.decoder = nn.Sequential(nn.Linear(3, 7), nn.ELU(), nn.Linear(7, 10), nn.Sigmoid())


class Residual(nn.Module):
    def __init__(self, *layers):
        super().__init__()
        self.layers = nn.Sequential(*layers)

    def forward(self, x):
        return x + self.layers(x)


class Picture(Autoencoder):
    """Convolutions with odd paddings, groups and a flatten, as in many scripts."""

    def __init__(self):
        super().__init__()
        self.encoder = nn.Sequential(
            nn.Conv2d(2, 4, 3, stride=2, padding=1),
            nn.BatchNorm2d(4),
            nn.ReLU(),
            nn.Conv2d(4, 8, 3, padding=1, groups=4),
            Residual(nn.Conv2d(8, 8, 1), nn.SiLU()),
            nn.MaxPool2d(2),
            nn.Conv2d(8, 3, (1, 2)),
            nn.Flatten(),
            nn.Dropout(0.5),
            nn.BatchNorm1d(12),
            nn.Linear(12, 5),
        )
        self.decoder = nn.Sequential(
            nn.Linear(5, 36),
            nn.ReLU(),
            nn.Unflatten(1, (6, 2, 3)),
            nn.ConvTranspose2d(6, 4, 4, stride=2, padding=1),
            nn.ReLU(),
            nn.ConvTranspose2d(4, 3, 3, stride=2, padding=1, output_padding=1),
            nn.ReLU(),
            nn.Conv2d(3, 2, 3, padding=1),
            nn.Sigmoid(),
        )


class Signal(Autoencoder):
    """One-dimensional convolutions between a flatten and an unflatten."""

    def __init__(self):
        super().__init__()
        self.conv = nn.Conv1d(2, 5, 4, stride=2)
        self.norm = nn.BatchNorm1d(5)
        self.squeeze = nn.Linear(35, 4)
        self.widen = nn.Linear(4, 48)
        self.smooth = nn.Conv1d(3, 2, 3, padding=1)

    def encoder(self, x):
        return self.squeeze(self.norm(self.conv(x)).tanh().flatten(1))

    def decoder(self, code):
        return self.smooth(self.widen(code).relu().unflatten(1, (3, 16)))


class Sequence(Autoencoder):
    """GRU layers over [batch, time, features]."""

    def __init__(self):
        super().__init__()
        self.first = nn.GRU(3, 6, batch_first=True)
        self.last = nn.GRU(6, 4, batch_first=True)
        self.back = nn.GRU(4, 5, batch_first=True)
        self.output = nn.Linear(5, 3)

    def encoder(self, x):
        return self.last(self.first(x)[0])[1][0]

    def decoder(self, code):
        return self.output(self.back(code[:, None].repeat(1, 7, 1))[0])


class Variational(Autoencoder):
    """The code is the mean. The convolution of the decoder is depthwise separable."""

    def __init__(self):
        super().__init__()
        self.features = nn.Sequential(nn.Conv2d(1, 3, 3, padding=1), nn.ReLU(), nn.Flatten())
        self.mean = nn.Linear(48, 3)
        self.log_variance = nn.Linear(48, 3)
        self.widen = nn.Linear(3, 32)
        self.depthwise = nn.Conv2d(2, 4, 3, padding=1, groups=2, bias=False)
        self.pointwise = nn.Conv2d(4, 1, 1)

    def encoder(self, x):
        return self.mean(self.features(x))

    def decoder(self, code):
        return self.pointwise(self.depthwise(self.widen(code).relu().view(-1, 2, 4, 4))).sigmoid()


class Document(Autoencoder):
    """The model of docs/from-python.md."""

    def __init__(self):
        super().__init__()
        self.encoder = nn.Sequential(
            nn.Conv2d(1, 4, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(), nn.Linear(64, 6)
        )
        self.decoder = nn.Sequential(nn.Linear(6, 64), nn.Sigmoid(), nn.Unflatten(1, (1, 8, 8)))


# A model and the shape of a sample, each.
CASES = {
    "dense": (Dense, (10,)),
    "picture": (Picture, (2, 8, 12)),
    "signal": (Signal, (2, 16)),
    "sequence": (Sequence, (7, 3)),
    "variational": (Variational, (1, 4, 4)),
}


def channels_last(x, case):
    """The values as isthmus takes them: [batch, height, width, channels]."""
    return x.movedim(1, -1) if case in ("picture", "signal", "variational") and x.ndim > 2 else x
