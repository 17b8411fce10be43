"""Reads and writes .safetensors files with numpy alone. The package `safetensors` does the same."""

import json
import struct

import numpy as np

TYPES = {"F64": "<f8", "F32": "<f4", "F16": "<f2", "I64": "<i8", "I32": "<i4", "I8": "<i1", "U8": "<u1"}


def read(path):
    """The arrays by name, and the texts of the metadata."""
    with open(path, "rb") as file:
        header = json.loads(file.read(struct.unpack("<Q", file.read(8))[0]))
        data = file.read()
    metadata = header.pop("__metadata__", {})
    arrays = {}
    for name, entry in header.items():
        begin, end = entry["data_offsets"]
        arrays[name] = np.frombuffer(data[begin:end], TYPES[entry["dtype"]]).reshape(entry["shape"])
    return arrays, metadata


def write(path, arrays):
    """Writes numpy arrays by name."""
    types = {np.dtype(code): name for name, code in TYPES.items()}
    header, blocks, end = {}, [], 0
    for name, array in arrays.items():
        array = np.ascontiguousarray(array)
        header[name] = {"dtype": types[array.dtype], "shape": array.shape, "data_offsets": [end, end + array.nbytes]}
        blocks.append(array.tobytes())
        end += array.nbytes
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    with open(path, "wb") as file:
        file.write(struct.pack("<Q", len(text)) + text + b"".join(blocks))
