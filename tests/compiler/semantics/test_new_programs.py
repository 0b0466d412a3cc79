"""What people write at first: it checks, and where it cannot, the help is sound."""

from tests.compiler.semantics.checking import checked, findings

from loopc.diagnostics.example_programs import DATA, classification, regression
from loopc.driver import compile_source
from loopc.semantics.checked import ConstantTable
from loopc.semantics.walk import walk

UPDATE = "\nupdate net to minimize loss using adam(0.01)\nreport loss"


def test_arithmetic_with_a_table_is_arithmetic_of_tensors() -> None:
    """The pinball loss reads its quantiles twice, once with 1 taken from them."""
    before = "const quantiles = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95]\n"
    lines = "e = y - net(x)\nloss = sum(max(quantiles * e, (quantiles - 1) * e))"
    text = regression(lines + UPDATE, before=before)
    tables = [n for n in walk(checked(text).trains) if isinstance(n, ConstantTable)]
    assert {table.type.shape for table in tables} == {(10,)}
    assert len({table.span for table in tables}) == 2
    script = compile_source(text).script
    assert script is not None
    assert "tf.constant(QUANTILES, tf.float32) - 1" in script


def test_the_better_direction_is_seen_through_functions() -> None:
    """What a fn returns is as good as what stands in the eval itself."""
    after = """eval valid (image, label) from digits.valid batch all every 1 epoch {
  report score = top(label, image)
}
keep 1 best valid.score"""
    before = (
        "fn top(label, image) {\n  a = accuracy(label, net(image))\n  return a\n}\n"
    )
    program = checked(classification(before=before, after=after))
    assert program.trains[0].keeps[0].mode == "max"


def test_several_columns_are_named_columns() -> None:
    """The help of `column("a", "b")` says what stacks columns, and that checks."""
    wrong = DATA.replace("x: f32[13]", 'x: f32[2] = column("a", "b")')
    model = "model net(x: f32[2]) -> f32[10] = x |> dense(10)\n"
    (found,) = findings(regression(data=wrong, model=model))
    right = wrong.replace('column("a", "b")', found.help[0].split("`")[1])
    assert found.code == "E207"
    assert findings(regression(data=right, model=model)) == ()


def test_an_index_of_each_example_looks_up_in_its_own_row() -> None:
    """`p[label]` is one number of each example, never rows of the batch."""
    lines = """p = softmax(net(image))
loss = -log(p[label])
update net to minimize loss using adam(0.01)
report loss, hits = total(argmax(p) == label)"""
    script = compile_source(classification(lines)).script
    assert script is not None
    assert "tf.gather(p, label, batch_dims=1)" in script
    assert '"hits":Sum(tf.equal(' in "".join(script.split())


def test_a_list_is_piped_into_what_takes_a_list() -> None:
    """`[a, b] |> concatenate` is `concatenate([a, b])`, with its options."""
    model = """model net(x: f32[13]) -> f32[10] {
  a = [x, 2 * x] |> concatenate(axis: -1) |> dense(4)
  return [a, a, x] |> concatenate |> dense(10)
}
"""
    net = checked(regression(model=model)).models[0]
    assert net.trainable == (26 * 4 + 4) + (21 * 10 + 10)
