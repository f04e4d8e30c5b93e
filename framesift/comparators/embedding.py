"""Feature vectors of a neural network that the user names, compared by their cosine.

Any ONNX network will do that takes one picture, (1, 3, height, width) or (1, height, width, 3) float32, and gives a
vector. It is run by `onnxruntime`, which comes with the extra `embedding`.
"""

import math
import os
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from framesift.errors import PathLike, StorageError, UsageError

Vector = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Embedding:
    """Compares by the cosine of the angle between feature vectors."""

    model: PathLike
    """Path of the ONNX file."""
    size: tuple[int, int] | None = None
    """Width and height in px of the network's input; None: as its graph says."""
    mean: tuple[float, float, float] = (0.0, 0.0, 0.0)
    """Subtracted from the levels (0 to 255) of red, green, blue."""
    scale: tuple[float, float, float] = (1 / 255, 1 / 255, 1 / 255)
    """What red, green, blue are multiplied by after that."""

    @property
    def digest(self) -> str:
        """What the vectors depend on beside the settings: the SHA-256 of the model."""
        return sha256(_read_model(self.model)).hexdigest()

    def describe(self, image: NDArray[np.uint8]) -> Vector:
        """Return the vector, (n,) float32, of a BGR picture, (height, width, 3) uint8.

        Raises UsageError where the model is no such network, StorageError where it cannot be read.
        """
        session = _open_model(os.fspath(self.model))
        [source] = _inputs(session, self.model)
        planes_last = len(source.shape) == 4 and source.shape[3] == 3
        size = self.size or _input_size(source.shape, planes_last, self.model)
        small = cv2.resize(image, size, interpolation=cv2.INTER_AREA)
        levels = (small[:, :, ::-1].astype(np.float32) - np.array(self.mean, np.float32)) * np.array(
            self.scale, np.float32
        )
        batch = levels[None] if planes_last else levels.transpose(2, 0, 1)[None]
        try:
            outputs = session.run(None, {source.name: np.ascontiguousarray(batch)})
        except Exception as error:  # onnxruntime has its own tree of errors, all about a network that does not fit
            raise UsageError(f"cannot be given a picture: {_first_line(error)}", self.model) from None
        return np.asarray(outputs[0], np.float32).ravel()

    def score(self, reference: Vector, candidate: Vector) -> float:
        """Return 1 - cosine, 0 to 2. A vector of zeros is like itself alone."""
        a, b = reference.astype(np.float64), candidate.astype(np.float64)
        lengths = math.sqrt(float(a @ a) * float(b @ b))
        if lengths == 0:
            return float(not np.array_equal(a, b))
        return max(1 - float(a @ b) / lengths, 0.0)


@lru_cache(maxsize=1)
def _open_model(path: str | bytes) -> Any:
    """One session serves all threads. The network runs on one of them: pictures are described in parallel already."""
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.log_severity_level = 4
    try:
        return onnxruntime.InferenceSession(_read_model(path), options, providers=["CPUExecutionProvider"])
    except Exception as error:
        raise UsageError(f"is not an ONNX network: {_first_line(error)}", path) from None


def _read_model(path: PathLike) -> bytes:
    try:
        with open(path, "rb") as file:
            return file.read()
    except FileNotFoundError:
        raise UsageError("no such model", path) from None
    except OSError as error:
        raise StorageError.of(error, path) from error


def _inputs(session: Any, path: PathLike) -> list[Any]:
    inputs: list[Any] = session.get_inputs()
    if len(inputs) != 1 or len(inputs[0].shape) != 4:
        shapes = [each.shape for each in inputs]
        raise UsageError(f"takes {shapes}, not one picture (1, 3, height, width)", path)
    return inputs


def _input_size(shape: list[Any], planes_last: bool, path: PathLike) -> tuple[int, int]:
    height, width = shape[1:3] if planes_last else shape[2:4]
    if not isinstance(height, int) or not isinstance(width, int):
        raise UsageError("takes pictures of any size: give one with --input-size WIDTHxHEIGHT", path)
    return width, height


def _first_line(error: Exception) -> str:
    return str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
