"""A small real ONNX network: a convolution, and the mean and the strongest answer of each of its filters."""

from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper


def write_network(path: Path, shape: tuple[int | str, ...] = (1, 3, 8, 16), seed: int = 1) -> Path:
    """Write a network with an input of this shape (colours first, or last) that gives a vector of 6 numbers."""
    filters = np.random.default_rng(seed).normal(size=(3, 3, 3, 3)).astype(np.float32)
    nodes = [
        helper.make_node("Conv", ["planes", "filters"], ["answers"], pads=[1, 1, 1, 1]),
        helper.make_node("GlobalAveragePool", ["answers"], ["means"]),
        helper.make_node("GlobalMaxPool", ["answers"], ["maxima"]),
        helper.make_node("Concat", ["means", "maxima"], ["vector"], axis=1),
    ]
    if len(shape) != 4:
        nodes = [helper.make_node("Identity", ["picture"], ["vector"])]
    else:
        order = [0, 1, 2, 3] if shape[1] == 3 else [0, 3, 1, 2]
        nodes.insert(0, helper.make_node("Transpose", ["picture"], ["planes"], perm=order))
    graph = helper.make_graph(
        nodes,
        "features",
        [helper.make_tensor_value_info("picture", TensorProto.FLOAT, shape)],
        [helper.make_tensor_value_info("vector", TensorProto.FLOAT, None)],
        [numpy_helper.from_array(filters, "filters")],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    onnx.save(model, str(path))
    return path
