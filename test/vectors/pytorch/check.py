"""Loads returned.safetensors, which isthmus wrote, into PyTorch and compares codes and outputs with the original model.

python3 test/vectors/pytorch/check.py prints the largest difference.
"""

from pathlib import Path

import torch
from models import CASES, channels_last
from safetensors_file import read

folder = Path(__file__).parent
Model, _ = CASES["picture"]
tensors, metadata = read(folder / "returned.safetensors")
model = Model()
model.load_state_dict({name: torch.tensor(values) for name, values in tensors.items()})
model.eval()
expected, _ = read(folder / "picture.expected.safetensors")
with torch.no_grad():
    code, output = model(torch.tensor(expected["x"]).movedim(-1, 1))
for name, found in {"code": code, "output": channels_last(output, "picture")}.items():
    difference = (found - torch.tensor(expected[name])).abs().max().item()
    print(f"{name}: {difference:.1e}, {metadata['note']}")
    assert difference <= 1e-6
