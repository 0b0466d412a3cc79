"""`did you mean`: names of other libraries are known by what they are called here."""

import pytest

from loopc.driver import check_source
from loopc.semantics.special_calls import SPECIAL
from loopc.vocabulary import entries, functions, layers, losses, suggest, transforms
from loopc.vocabulary.elsewhere import CALLED_HERE, GIVEN_HERE, WRITTEN_HERE

CALLABLE = {*functions(), *layers(), *losses(), *transforms(), *SPECIAL}
OPTIONS = {option.name for _, entry in entries() for option in entry.options}

PROGRAM = """\
data digits {
  train = npz("digits.npz")
  field image: f32[8, 8, 1] = column("image") / 16
  field label: class(10)
}
model net(image: f32[8, 8, 1]) -> logits[10] = image |> %s |> flatten |> dense(10)
train for 1 epoch {
  step (image, label) from digits.train batch 32 {
    loss = cross_entropy(label, net(image))
    update net to minimize loss using %s
  }
}
"""


@pytest.mark.parametrize(("there", "here"), CALLED_HERE.items())
def test_name_from_elsewhere(there: str, here: str) -> None:
    """What is suggested exists, and what it replaces does not."""
    assert here in CALLABLE | OPTIONS
    assert there not in CALLABLE
    assert suggest(there.upper(), [here, f"{there}s"]) == here


def test_forms_answer_for_what_has_no_name() -> None:
    """No name of the language is answered by a form, and no option of an entry."""
    assert not CALLABLE & WRITTEN_HERE.keys()
    assert not CALLED_HERE.keys() & WRITTEN_HERE.keys()
    own = {(entry.name, o.name) for _, entry in entries() for o in entry.options}
    assert not own & GIVEN_HERE.keys()


def helps(layer: str, chain: str) -> str:
    return check_source(PROGRAM % (layer, chain), "a.loop").render()


def test_callee_and_argument_are_suggested() -> None:
    """The message names what a layer and an option are called here."""
    assert "did you mean `dense`?" in helps("linear(10)", "sgd(0.1)")
    assert "did you mean `learning_rate`?" in helps("relu", "adam(lr: 1e-3)")


def test_most_similar_name_is_suggested() -> None:
    """Without such a name the nearest is meant, if any is near."""
    assert suggest("densee", ["dense", "density"]) == "dense"
    assert suggest("qqq", ["dense"]) is None
