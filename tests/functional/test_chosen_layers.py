"""Layers of a branch that another signature of the template takes."""

from typing import Any

import loopc

PROGRAM = """
data d {
  train = npz("d.npz")
  field image: f32[8, 8, 4]
  field label: class(3)
}
layer residual(filters: int, stride: int)(x) {
  h = x |> conv2d(filters, 3, strides: stride, padding: same)
  short = x if x.shape == h.shape else x |> conv2d(filters, 1, strides: stride)
  return relu(h + short) |> conv2d(filters, 1)
}
model net(image: f32[8, 8, 4]) -> logits[3] {
  h = image
  repeat filters, stride in [[4, 1], [8, 2]] {
    h = h |> residual(filters, stride)
  }
  return h |> global_average_pooling2d |> dense(3)
}
train for 1 epoch {
  step (image, label) from d.train batch 4 {
    loss = cross_entropy(label, net(image))
    update net to minimize loss using adam(1e-3)
    report loss
  }
}
"""


def test_each_block_has_the_layers_of_its_own_branch() -> None:
    """The shortcut of a block is projected where its shape changes, and there alone."""
    result = loopc.compile_source(PROGRAM, "t.loop")
    assert result.script is not None, result.render()
    assert result.checked is not None
    script: dict[str, Any] = {"__name__": "script"}
    exec(result.script, script)
    net = script["make_net"]()

    convolutions = [la.name for la in net.layers if "conv2d" in la.name]
    assert convolutions == [
        "residual_0_conv2d",
        "residual_0_conv2d_2",
        "residual_1_conv2d",
        "residual_1_conv2d_1",
        "residual_1_conv2d_2",
    ]
    (model,) = result.checked.models
    assert net.count_params() == model.trainable
