"""Hypothesis strategies for `.loop` texts: all declarations and statements there are.

Texts are syntactically complete, not meaningful; blanks, line ends and comments stand
wherever the language lets a line go on.
"""

from hypothesis import strategies as st

from loopc_grammar import word_set

NAMES = st.sampled_from(
    sorted(
        word_set(
            "a b net loss step data model train text field report batch max end x_1"
            " rate image steps all parts minimize"
        )
    )
)
UNITS = st.sampled_from(["steps", "epoch", "epochs", "updates", "hours"])
NUMBERS = st.sampled_from(["0", "1", "60_000", "1e-3", "0.5", "2.5E+10", "128"])
STRINGS = st.sampled_from(['"a"', '"stem/*"', r'"\"q\"\n"', '"é\\t"', '"# no comment"'])
TYPES = st.sampled_from(
    (
        "f32",
        "f32[]",
        "f32[28, 28]",
        "class(65)[time]",
        "logits[10]",
        "int",
        "model",
        "one_of(relu, gelu)",
        "f32[2 * n,\n 3]",
    )
)
BLANK = st.sampled_from(["", "", "", " ", "\n", "  # inside\n", "\n\n # own line\n"])
GAP = st.sampled_from([" ", " ", " ", " ", "\n  ", "  # behind\n", "\n # above\n\n"])


def _joined(parts: st.SearchStrategy[str], least: int = 0) -> st.SearchStrategy[str]:
    """A comma-separated list, as it may stand in brackets."""

    @st.composite
    def build(draw: st.DrawFn) -> str:
        items = draw(st.lists(parts, min_size=least, max_size=3))
        text = draw(BLANK)
        for index, item in enumerate(items):
            comma = "," if index < len(items) - 1 or draw(st.booleans()) else ""
            text += item + draw(BLANK) + comma + draw(BLANK)
        return text

    return build()


def _atoms() -> st.SearchStrategy[str]:
    return st.one_of(
        NAMES,
        NUMBERS,
        STRINGS,
        st.sampled_from(["rest", "true", "false", "90%", "0.5%"]),
        st.builds(lambda n, u: f"{n} {u}", NUMBERS, UNITS),
        st.builds(lambda n: f"{n} at epoch", NAMES),
    )


SLOTS = st.one_of(NAMES, st.sampled_from(["using", "every", "in", "keep", "if"]))


def _compound(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    arguments = _joined(
        st.one_of(
            inner,
            st.builds(lambda s, v: f"{s}: {v}", SLOTS, inner),
            st.builds(lambda a, b: f"({a}) -> ({b})", inner, inner),
        )
    )
    slices = st.one_of(
        inner,
        st.builds(lambda a, b: f"({a}):({b})", inner, inner),
        st.sampled_from([":-1", "1:", ":"]),
    )
    calls = st.builds(lambda f, a: f"{f}({a})", NAMES, arguments)
    operators = st.sampled_from(
        ["+", "-", "*", "/", "//", "@", "^", "==", "<=", "!=", "and", "or"]
    )
    sides = st.one_of(_atoms(), st.builds(lambda v: f"({v})", inner), calls)
    return st.one_of(
        calls,
        st.builds(lambda f, a, b: f"{f}({a})({b})", NAMES, arguments, arguments),
        st.builds(lambda f, i: f"{f}[{i}]", NAMES, _joined(slices, 1)),
        st.builds(lambda f, n: f"({f}).{n}", inner, NAMES),
        st.builds(lambda a: f"[{a}]", _joined(inner)),
        st.builds(lambda a, g: f"({g}{a}{g})", inner, BLANK),
        st.builds(lambda s, v: f"{s}({v})", st.sampled_from(["-", "not ", "+"]), inner),
        st.builds(
            lambda a, g, o, h, b: f"{a}{g}{o}{h}{b}", sides, GAP, operators, GAP, sides
        ),
        st.builds(
            lambda x, g, stages: x + "".join(f"{g}|> {stage}" for stage in stages),
            sides,
            GAP,
            st.lists(st.one_of(NAMES, calls, _groups(inner)), min_size=1, max_size=4),
        ),
        st.builds(lambda a, g, b: f"({a}){g}then ({b})", inner, GAP, inner),
        st.builds(
            lambda a, g, c, b: f"({a}){g}if ({c}){g}else ({b})",
            inner,
            GAP,
            inner,
            inner,
        ),
    )


def _groups(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    entry = st.builds(lambda p, v: f"{p} => {v}", st.one_of(NAMES, STRINGS), inner)
    ends = st.sampled_from(["\n", "\n\n", "  # a group\n", "\n# below\n"])
    body = st.lists(st.tuples(entry, ends), min_size=1, max_size=3)
    return body.map(lambda entries: "{\n" + "".join(e + n for e, n in entries) + "}")


_EXPRESSIONS = st.recursive(_atoms(), _compound, max_leaves=8)
EXPRESSIONS = st.deferred(lambda: _EXPRESSIONS)  # a short name in reports
PARAMETERS = st.one_of(
    NAMES,
    st.builds(lambda n, t: f"{n}: {t}", NAMES, TYPES),
    st.builds(lambda n, t, v: f"{n}: {t} = {v}", NAMES, TYPES, EXPRESSIONS),
)
PARAMETER_LISTS = _joined(PARAMETERS).map(lambda text: f"({text})")
NAME_LISTS = st.lists(NAMES, min_size=1, max_size=3).map(", ".join)
SOURCES = st.one_of(
    NAMES.filter(lambda name: name not in ("step", "steps")),
    _joined(
        st.one_of(NAMES, st.builds(lambda a, b: f"{a} = {b}", NAMES, NAMES)), 1
    ).map(lambda text: f"({text})"),
)
AMOUNTS = st.builds(lambda n, u: f"{n} {u}", NUMBERS, UNITS)
STREAMS = st.builds(
    lambda d, s, n, m: f"from {d}.{s} batch {n}{m}",
    NAMES,
    NAMES,
    st.one_of(st.just("all"), NUMBERS, st.builds(lambda e: f"({e})", EXPRESSIONS)),
    st.sampled_from(["", " drop", " contiguous", " parts 4", " drop parts 2"]),
)
ENDS = st.sampled_from(
    ["\n", "\n", "\n", "\n\n\n", "  # behind\n", "\n# own line\n", "\n\n# a\n\n"]
)


def _lines(items: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    pairs = st.lists(st.tuples(items, ENDS), max_size=3)
    return pairs.map(lambda lines: "".join(item + end for item, end in lines))


def _block(items: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    opening = st.sampled_from(["{\n", "{  # opens\n", "{\n\n# first\n"])
    return st.builds(lambda o, lines: f"{o}{lines}}}", opening, _lines(items))


def _simple_statements() -> st.SearchStrategy[str]:
    value = EXPRESSIONS
    items = st.one_of(value, st.builds(lambda n, v: f"{n} = {v}", NAMES, value))
    listed = st.lists(items, min_size=1, max_size=3)
    return st.one_of(
        st.builds(lambda n, g, v: f"{n} ={g}{v}", NAME_LISTS, GAP, value),
        st.lists(value, min_size=1, max_size=2).map(lambda v: f"return {', '.join(v)}"),
        st.builds(lambda g, v: f"report {f',{g}'.join(v)}", GAP, listed),
        st.builds(lambda s, f: f"draw {s} {f}", SOURCES, STREAMS),
        st.builds(lambda n, v: f"set {n} = {v}", NAMES, value),
        st.builds(lambda n, t, v: f"weight {n}: {t}{v}", NAMES, TYPES, _initial()),
        st.builds(
            lambda n, d, e, g, t, c: f"update {n} to {d} {e}{g}using {t}{c}",
            NAME_LISTS,
            st.sampled_from(["minimize", "maximize"]),
            value,
            GAP,
            st.one_of(value, _groups(value)),
            st.sampled_from(["", " every 4 steps"]),
        ),
    )


def _initial() -> st.SearchStrategy[str]:
    return st.one_of(st.just(""), st.builds(lambda v: f" = {v}", EXPRESSIONS))


def _nested_statements(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.one_of(
        st.builds(lambda n, b: f"repeat {n} {b}", NUMBERS, _block(inner)),
        st.builds(
            lambda n, v, b: f"repeat {n} in {v} {b}",
            NAME_LISTS,
            st.sampled_from(["0 .. 4", "[[1, 2], [3, 4]]"]),
            _block(inner),
        ),
        st.builds(lambda c, b: f"every {c} {b}", AMOUNTS, _block(inner)),
    )


_STATEMENTS = st.recursive(_simple_statements(), _nested_statements, max_leaves=4)
STATEMENTS = st.deferred(lambda: _STATEMENTS)
_BLOCKS = _block(STATEMENTS)
BLOCKS = st.deferred(lambda: _BLOCKS)
BODIES = st.one_of(
    BLOCKS.map(lambda block: f" {block}"),
    st.builds(lambda g, v: f" ={g}{v}", GAP, EXPRESSIONS),
)
RESULTS = st.one_of(
    st.just(""),
    TYPES.map(lambda type_: f" -> {type_}"),
    _joined(TYPES, 1).map(lambda types: f" -> ({types})"),
)
DATA_ITEMS = st.one_of(
    st.builds(lambda n, v: f"{n} = {v}", NAMES, EXPRESSIONS),
    st.builds(
        lambda n, a, p, b: f"{n} = {a} of {p}{b}",
        NAMES,
        st.sampled_from(["10%", "4_000", "rest", "last(10%)", "fold(i, 5)"]),
        NAMES,
        st.sampled_from(["", " by label"]),
    ),
    st.builds(lambda n, t, v: f"field {n}: {t}{v}", NAMES, TYPES, _initial()),
    st.builds(lambda n, b: f"augment {n} {b}", NAMES, BLOCKS),
)
STAGE_ITEMS = st.one_of(
    NAMES.map(lambda name: f"freeze {name}"),
    st.builds(lambda s, n: f"freeze {s} of {n}", STRINGS, NAMES),
    st.builds(lambda n, v: f"set {n} = {v}", NAMES, EXPRESSIONS),
)
TRAIN_ITEMS = st.one_of(
    st.builds(lambda n, v: f"{n} = {v}", NAMES, EXPRESSIONS),
    BLOCKS.map(lambda block: f"step {block}"),
    st.builds(lambda s, f, b: f"step {s} {f} {b}", SOURCES, STREAMS, BLOCKS),
    st.builds(
        lambda n, s, f, c, b: f"eval {n} {s} {f} {c} {b}",
        NAMES,
        SOURCES,
        STREAMS,
        st.sampled_from(["at end", "every 1 epoch"]),
        BLOCKS,
    ),
    st.builds(
        lambda n, a, b: f"stage {n} for {a} {b}", NAMES, AMOUNTS, _block(STAGE_ITEMS)
    ),
    st.sampled_from(
        (
            "checkpoint every 500 steps",
            "checkpoint every 500 steps keep 2",
            "keep 1 best valid.loss",
            "keep 2 best min valid.loss",
            "keep 1 best max.min",
            "stop when valid.auc stalls for 3 epochs",
            "stop when max a.b stalls for 9 steps",
            "stop when valid.auc >= 0.9",
            "stop when max.min < -1e-3 * n",
            'export net to "n.keras"',
            'export best model to "n.keras"',
            "on nonfinite halt",
            "on nonfinite skip",
            "on nonfinite skip at most 10",
            "on nonfinite rollback",
            "start net from best(pretrain)",
            'start net from load("t.keras")',
        )
    ),
)
DECLARATIONS = st.one_of(
    st.builds(
        lambda n, t, v, r: f"param {n}: {t} = {v}{r}",
        NAMES,
        TYPES,
        EXPRESSIONS,
        st.sampled_from(["", " in -1 .. 1"]),
    ),
    st.builds(lambda n, v: f"const {n} = {v}", NAMES, EXPRESSIONS),
    st.sampled_from(["dim time in 1 .. 256", "dim t in 1 .. 8 buckets [2, 4, 8]"]),
    st.builds(lambda n, b: f"data {n} {b}", NAMES, _block(DATA_ITEMS)),
    st.builds(
        lambda n, p, r, b: f"model {n}{p}{r}{b}",
        NAMES,
        st.one_of(st.just(""), PARAMETER_LISTS),
        RESULTS,
        BODIES,
    ),
    st.builds(
        lambda n, s, p, b: f"layer {n}{s}{p}{b}",
        NAMES,
        PARAMETER_LISTS,
        PARAMETER_LISTS,
        BODIES,
    ),
    st.builds(
        lambda k, n, p, b: f"{k} {n}{p}{b}",
        st.sampled_from(["fn", "loss"]),
        NAMES,
        PARAMETER_LISTS,
        BODIES,
    ),
    st.builds(lambda n, t, v: f"weight {n}: {t}{v}", NAMES, TYPES, _initial()),
    st.builds(
        lambda n, t, v, r: f"state {n}: {t} = {v}{r}",
        NAMES,
        TYPES,
        EXPRESSIONS,
        st.sampled_from(["", " reset every 1 epoch"]),
    ),
    st.builds(lambda n, v: f"schedule {n} = {v}", NAMES, EXPRESSIONS),
    st.builds(
        lambda n, p, v: f"transform {n}{p} = {v}",
        NAMES,
        st.one_of(st.just(""), PARAMETER_LISTS),
        st.one_of(EXPRESSIONS, _groups(EXPRESSIONS)),
    ),
    st.builds(lambda s: f"import {s}", STRINGS),
    st.builds(lambda n, s: f"import {n} from {s}", NAME_LISTS, STRINGS),
    st.builds(
        lambda k, n, p, r: f'extern {k} {n}{p}{r} = "package.module:name"',
        st.sampled_from(["fn", "layer", "metric", "transform", "data"]),
        NAMES,
        st.one_of(
            st.just(""),
            PARAMETER_LISTS,
            st.builds(lambda a, b: a + b, PARAMETER_LISTS, PARAMETER_LISTS),
        ),
        RESULTS,
    ),
    st.builds(
        lambda n, d, b: f"train{n}{d} {b}",
        st.sampled_from(["", " first"]),
        st.sampled_from(["", " for 10 epochs", " for length"]),
        _block(TRAIN_ITEMS),
    ),
)
PROGRAMS = _lines(DECLARATIONS)
