"""Writes the state_dict of each model, and its code and output for a few samples; and the file of docs/from-python.md.

python3 test/vectors/pytorch/make.py, with PyTorch 1.13 and numpy of Debian 12
"""

from pathlib import Path

import torch
from models import CASES, Document, channels_last
from safetensors_file import write

folder = Path(__file__).parent
for case, (Model, shape) in CASES.items():
    torch.manual_seed(7)
    model = Model()
    with torch.no_grad():
        for name, values in model.state_dict().items():
            # Statistics and factors of normalization that differ from 0 and 1. A variance is positive.
            if values.is_floating_point() and values.ndim == 1:
                values.copy_(torch.rand(values.shape) + (0.5 if name.endswith(("weight", "var")) else -0.5))
            elif values.is_floating_point():
                # Larger kernels, so that outputs differ from sample to sample.
                values.mul_(2)
        model.eval()
        x = torch.rand((3, *shape))
        code, output = model(x)
    write(folder / f"{case}.safetensors", {name: values.numpy() for name, values in model.state_dict().items()})
    expected = {"x": x, "code": code, "output": output}
    write(
        folder / f"{case}.expected.safetensors",
        {name: channels_last(values, case).contiguous().numpy() for name, values in expected.items()},
    )

torch.manual_seed(7)
model = Document()
tensors = {name: values.numpy() for name, values in model.state_dict().items()}
write(folder.parents[2] / "docs/samples/pytorch.safetensors", tensors)
with torch.no_grad():
    x = torch.arange(64).reshape(1, 1, 8, 8) % 7 / 6
    print(", ".join(f"{value:.4f}" for value in model(x)[1].flatten()[:4].tolist()))
