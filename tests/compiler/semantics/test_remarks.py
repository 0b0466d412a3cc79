"""Comments of a program that its script carries on."""

from loopc import compile_source

PROGRAM = """# a title
# of two lines

param k: float = 2.0 in 1.0 .. 3.0  # how much it counts

# half of it
const half = 0.5

data d {
  train = npz("points.npz")
  field x: f32[4]
  field y: f32[2]
}

# not about the model: a line is between

# one layer
# and no more
model net(x: f32[4]) -> f32[2] = x |> dense(2)

# loopc: allow(W601)
# the sum of both
fn both(a, b) = a + b

# what comes back
state memory: f32[2] = zeros

# up, then down
schedule rate = linear(0 -> 1e-3, 10 steps) then constant(1e-3)

# one loop
train for 1 epoch {
  # what is learned
  step (x, y) from d.train batch all {
    # step
    loss = both(k * half, squared_error(y, net(x) + memory))
    set memory = memory
    update net to minimize loss using adam(rate)
    report loss
  }
  # what is measured
  eval again (x, y) from d.train batch all every 1 epoch {
    report error = squared_error(y, net(x))
  }
}
"""


def test_comments_belong_to_what_stands_below_them() -> None:
    """A comment goes with the declaration on the next line, or that before it; not
    the title, and not what is said to the compiler.
    """
    checked = compile_source(PROGRAM, "t.loop").checked

    assert checked is not None
    assert checked.remarks == {
        "k": "how much it counts",
        "half": "half of it",
        "net": "one layer and no more",
        "both": "the sum of both",
        "rate": "up, then down",
        "memory": "what comes back",
        "train": "one loop",
        "train.step": "what is learned",
        "train.again": "what is measured",
    }


def test_script_says_what_the_program_says() -> None:
    """Each comment stands in the docstring of the function that it is about."""
    script = compile_source(PROGRAM, "t.loop").script

    assert script is not None
    for text in [
        "    k: float = 2.0  # how much it counts, in 1.0 .. 3.0\n",
        "# Half of it.\nHALF = 0.5\n",
        'Model:\n    """One layer and no more.\n\n    x: f32[4] -> f32[2], 10 param',
        'tf.Tensor:\n    """The sum of both."""\n',
        '"""Up, then down.\n\n    Linear from 0 to 0.001, then constant.\n    """\n',
        'Report:\n        """What is learned."""\n',
        "    # What comes back.\n    memory = tf.Variable(",
        'return the last metrics.\n\n    One loop.\n    """\n',
        'Report:\n        """What is measured."""\n',
    ]:
        assert text in script
