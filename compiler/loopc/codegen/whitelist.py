"""What a generated script may consist of; anything else is a bug of the compiler."""

import ast


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


# Statements and expressions that the templates print, and no others: no lambda, no
# `try`, no `global`, no comprehension, no `await`.
NODES = frozenset(
    {
        ast.Module,
        *(
            ast.AnnAssign,
            ast.Assign,
            ast.AugAssign,
            ast.ClassDef,
            ast.Expr,
            ast.For,
            ast.FunctionDef,
        ),
        *(
            ast.If,
            ast.Import,
            ast.ImportFrom,
            ast.Pass,
            ast.Raise,
            ast.Return,
            ast.With,
        ),
        *(ast.Attribute, ast.BinOp, ast.BoolOp, ast.Call, ast.Compare, ast.Constant),
        *(ast.Dict, ast.FormattedValue, ast.IfExp, ast.JoinedStr, ast.List, ast.Name),
        *(ast.Slice, ast.Subscript, ast.Tuple, ast.UnaryOp),
        *(ast.alias, ast.arg, ast.arguments, ast.keyword, ast.withitem),
        *(ast.Load, ast.Store),
        *(ast.And, ast.Or, ast.Not, ast.UAdd, ast.USub),
        *(ast.Add, ast.Sub, ast.Mult, ast.Div, ast.FloorDiv, ast.Mod, ast.MatMult),
        ast.BitOr,  # in annotations: `... | None`
        *(ast.Pow, ast.Eq, ast.NotEq, ast.Lt, ast.LtE, ast.Gt, ast.GtE),
    }
)

CONSTANTS = (str, int, float, bool, type(None), type(...))

IMPORTS = frozenset(
    {
        ("argparse", "argparse"),
        ("keras", "keras"),
        ("math", "math"),
        ("numpy", "np"),
        ("tensorflow", "tf"),
    }
)

# None: every public name of the module.
FROM_IMPORTS: dict[str, frozenset[str] | None] = {
    "collections.abc": frozenset({"Callable", "Mapping", "Sequence"}),
    "dataclasses": frozenset({"dataclass"}),
    "pathlib": frozenset({"Path"}),
    "loopc_runtime": None,
}

BUILTINS = _words(
    """abs bool dict enumerate float int len list max min range round str sum tuple zip
    SystemExit __doc__ __name__"""
)

# `tf.name` is allowed unless it is forbidden, `tf.area.name` where the area is listed.
AREAS = {
    "tf": frozenset({"image", "linalg", "math", "nn", "signal"}),
    "keras": _words(
        """activations applications config constraints initializers layers metrics
        mixed_precision ops ops.image regularizers"""
    ),
    "np": frozenset[str](),
    "math": frozenset[str](),
}

FORBIDDEN = _words(
    """tf.load_library tf.load_op_library tf.numpy_function tf.print tf.py_function
    keras.config.enable_unsafe_deserialization keras.layers.FlaxLayer
    keras.layers.JaxLayer keras.layers.Lambda keras.layers.TFSMLayer
    keras.layers.TorchModuleWrapper keras.layers.deserialize"""
)

# Allowed beside the areas.
DOTTED = frozenset({"keras.utils.set_random_seed", "argparse.ArgumentParser"})

NUMPY = _words("array cumprod cumsum float32 float64 int32 linspace ndarray")

# What is called on values: of argparse, of the runtime, of Keras and TensorFlow.
METHODS = _words(
    """add_argument advance apply_gradients assign batches due encode evaluate export
    fit fold gradient jacobian fitted_json latest loss_weights measured moved offer
    parse_args read read_value restart scaled set_shape stop stop_recording unscaled
    update update_state updated watch windows"""
)

# Ways from an ordinary value to frames, functions' globals and templates of text.
FORBIDDEN_ATTRIBUTES = _words(
    """ag_frame cr_frame f_back f_builtins f_globals f_locals format format_map
    func_globals gi_code gi_frame mro tb_frame tb_next"""
)
