"""Checks ONNX files with Python's onnx: python3 test/onnx/check.py FOLDER, after node test/onnx/write-files.ts FOLDER.

For each file: onnx.checker with full_check, which also infers shapes strictly; the inferred shape of the output is the one that the
file states; and the bytes are those that Python itself would write. Needs Debian 12's package python3-onnx (1.12). Debian has no
onnxruntime, and the reference evaluator of onnx came with version 1.13, so the outputs are compared in onnxruntime-web only.
"""

import glob
import os
import sys

import onnx

paths = sorted(glob.glob(os.path.join(sys.argv[1], "*.onnx")))
if not paths:
    sys.exit(f"no .onnx files in {sys.argv[1]}")
for path in paths:
    with open(path, "rb") as file:
        data = file.read()
    model = onnx.load_from_string(data)
    onnx.checker.check_model(model, full_check=True)
    stated = [value.type.tensor_type.shape for value in model.graph.output]
    del model.graph.value_info[:]
    inferred = onnx.shape_inference.infer_shapes(model, strict_mode=True, data_prop=True)
    for value, shape in zip(inferred.graph.output, stated):
        got = [dim.dim_value or dim.dim_param for dim in value.type.tensor_type.shape.dim]
        expected = [dim.dim_value or dim.dim_param for dim in shape.dim]
        if got != expected:
            sys.exit(f"{path}: output {got}, stated {expected}")
    if onnx.load_from_string(data).SerializeToString() != data:
        sys.exit(f"{path}: Python writes other bytes")
print(f"{len(paths)} files")
