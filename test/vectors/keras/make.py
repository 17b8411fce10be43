"""Writes models of Keras as .keras and .h5 files and as the model.json of tfjs, and their outputs for a few samples; and the
files of docs/from-python.md.

KERAS_BACKEND=numpy python test/vectors/keras/make.py PATH-OF-TFJS-CONVERTER, with Keras 3.15.1, h5py and jax, and the folder
tfjs-converter/python of the sources of TensorFlow.js 4.22. Of TensorFlow the converter uses the function that opens files.
"""

import sys
import types
from pathlib import Path

import h5py
import keras
import numpy as np
from keras import layers

folder = Path(__file__).parent
sys.path.insert(0, str(folder.parent / "pytorch"))
from safetensors_file import write  # noqa: E402


def load_converter(path):
    """The module of the converter that reads HDF5, without those that need TensorFlow."""
    gfile = types.SimpleNamespace(GFile=open)
    sys.modules["tensorflow"] = types.SimpleNamespace(io=types.SimpleNamespace(gfile=gfile))
    for name in ("tensorflowjs", "tensorflowjs.converters"):
        package = types.ModuleType(name)
        package.__path__ = [str(Path(path, *name.split(".")))]
        sys.modules[name] = package
    from tensorflowjs.converters import keras_h5_conversion

    return keras_h5_conversion


def picture():
    x = inputs = keras.Input((8, 12, 2))
    x = layers.Conv2D(4, 3, strides=2, padding="same", name="first")(x)
    x = layers.BatchNormalization(name="norm")(x)
    x = skipped = layers.ReLU(name="relu")(x)
    x = layers.DepthwiseConv2D(3, padding="same", name="depthwise", activation="tanh")(x)
    x = layers.Add(name="add")([skipped, x])
    x = layers.MaxPooling2D(2, name="pool")(x)
    x = layers.Flatten(name="flat")(x)
    x = layers.Dense(5, name="code")(x)
    x = layers.Dense(36, activation="relu", name="wide")(x)
    x = layers.Reshape((2, 3, 6), name="shape")(x)
    x = layers.Conv2DTranspose(3, 3, strides=2, padding="same", activation="relu", name="up")(x)
    x = layers.UpSampling2D(2, name="larger")(x)
    x = layers.SeparableConv2D(2, 3, padding="same", activation="sigmoid", name="last")(x)
    return keras.Model(inputs, x), "code"


def sequence():
    return keras.Sequential(
        [
            keras.Input((7, 3)),
            layers.Conv1D(5, 3, padding="same", activation="relu", name="window"),
            layers.LayerNormalization(name="norm"),
            layers.GRU(4, name="code"),
            layers.RepeatVector(7, name="repeat"),
            layers.GRU(5, return_sequences=True, reset_after=False, name="back"),
            layers.Dense(3, name="output"),
        ]
    ), "code"


def numbers(rng, shape, low, high):
    return rng.uniform(low, high, shape).astype("float32")


CASES = {"picture": picture, "sequence": sequence}
for case, build in CASES.items():
    model, code = build()
    rng = np.random.default_rng(7)
    # A variance is positive, as are all statistics here. Kernels of this size give outputs that differ from sample to sample.
    for weight in model.weights:
        positive = weight.name in ("gamma", "moving_variance")
        weight.assign(numbers(rng, weight.shape, 0.5 if positive else -0.6, 1.5 if positive else 0.6))
    x = numbers(rng, (3, *model.input_shape[1:]), 0, 1)
    encoder = keras.Model(model.inputs, model.get_layer(code).output)
    expected = {"x": x, "code": np.asarray(encoder(x)), "output": np.asarray(model(x))}
    write(folder / f"{case}.expected.safetensors", expected)
    write(folder / f"{case}.safetensors", {weight.path: np.asarray(weight) for weight in model.weights})
    model.save(folder / f"{case}.keras")
    model.save(folder / f"{case}.h5")

keras.utils.set_random_seed(7)
document = keras.Sequential(
    [
        keras.Input((8, 8, 1)),
        layers.Conv2D(4, 3, padding="same", activation="relu"),
        layers.MaxPooling2D(2),
        layers.Flatten(),
        layers.Dense(6),
        layers.Dense(64, activation="sigmoid"),
        layers.Reshape((8, 8, 1)),
    ]
)
samples = folder.parents[2] / "docs/samples"
document.save(samples / "autoencoder.keras")
write(samples / "keras.safetensors", {weight.path: np.asarray(weight) for weight in document.weights})
x = (np.arange(64) % 7 / 6).astype("float32").reshape(1, 8, 8, 1)
print(", ".join(f"{value:.4f}" for value in np.asarray(document(x)).ravel()[:4]))

# After Keras, which would take the module for TensorFlow.
converter = load_converter(sys.argv[1])
for case in CASES:
    topology, groups = converter.h5_merged_saved_model_to_tfjs_format(h5py.File(folder / f"{case}.h5", "r"))
    output = folder / f"{case}.tfjs"
    output.mkdir(exist_ok=True)
    converter.write_artifacts(topology, groups, str(output))
