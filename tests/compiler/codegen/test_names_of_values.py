"""What a script calls things that a program leaves without a name of its own."""

import re

from loopc import compile_source

HEAD = """
data d {
  train = npz("points.npz")
  field image: f32[8, 8]
  field label: class(3)
}
state memory: f32[3] = zeros
model net(image: f32[8, 8], memory: f32[3]) -> logits[3] =
  image |> flatten |> dense(3)
model plain(image: f32[8, 8]) -> logits[3] = image |> flatten |> dense(3)
fn view(image) = image |> random_rotation(10) |> random_zoom(0.9, 1.1)
train for 1 epoch {
"""


def script_of(body: str) -> str:
    """Compile the loop `body` over a small data set, without layout."""
    result = compile_source(f"{HEAD}{body}\n}}\n", "t.loop")
    assert result.script is not None, result.render()
    return " ".join(result.script.split())


LOOP = """
  step t from d.train batch 4 {
    noisy = view(t.image) + 0.1 * normal_like(t.image)
    label = t.label
    loss = cross_entropy(label, net(noisy, memory)) + uniform([]) * uniform([])
    update net to minimize loss using adam(1e-3)
    report loss
  }
  eval valid (image, label) from d.train batch 4 every 1 epoch {
    noisy = image + normal_like(image)
    steep = grad(cross_entropy(label, plain(noisy)), wrt: noisy) ^ 2
    report a = sum(grad(cross_entropy(label, plain(image)), wrt: image)),
      b = sum(grad(cross_entropy(label, net(image, memory)), wrt: image)),
      c = sum(steep)
  }
"""


def test_draws_are_told_apart_by_where_they_stand() -> None:
    """The name of a draw is that of the value, function or eval that it is part of."""
    assert re.findall(r'site="(\w+)"', script_of(LOOP)) == [
        "view_rotation",
        "view_zoom",
        "noisy",
        "loss_uniform",
        "loss_uniform_2",
        "valid_noisy",
    ]


def test_fields_of_a_record_have_their_own_names() -> None:
    """`t.image` is `image` where that name is free, and `t_label` where it is not."""
    parameters = "image: tf.Tensor, t_label: tf.Tensor"
    assert f"def train_step({parameters})" in script_of(LOOP)


def test_inputs_of_models_keep_their_names() -> None:
    """What `train_and_evaluate` makes hides no name inside of a model."""
    assert 'memory = keras.Input((3,), name="memory")' in script_of(LOOP)


def test_gradients_of_one_value_are_named_after_what_they_are_for() -> None:
    """No `image_gradient_2`: `a_gradient` and `b_gradient`, each with its tape."""
    script = script_of(LOOP)
    for name in ("a", "b"):
        line = f"{name}_gradient = {name}_tape.gradient({name}_loss, image)"
        assert line in script
    assert "noisy_gradient = noisy_tape.gradient(steep_loss, noisy)" in script
