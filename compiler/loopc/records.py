"""Dataclasses that are quick to define: half of the time of `loopc check` went there.

`dataclass` is the standard library's, with one difference: where that compiles the text
of six functions for each class when the class is defined, this shares five of them and
compiles `__init__` for a class that has been instantiated a few times.
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from dataclasses import dataclass as dataclass
else:
    import dataclasses
    from operator import attrgetter
    from reprlib import recursive_repr

    QUICK = {"frozen", "slots", "kw_only"}
    # Most classes have but one or two instances in a check; compiling `__init__` takes
    # the time of a dozen calls without it.
    SLOW_CALLS = 4

    def dataclass(cls=None, /, **options):
        """Decorate a class as `dataclasses.dataclass` does."""
        if cls is None:
            return lambda decorated: dataclass(decorated, **options)
        if options.keys() - QUICK:
            return dataclasses.dataclass(cls, **options)
        frozen = options.pop("frozen", False)
        cls.__doc__ = cls.__doc__ or cls.__name__
        written = set(cls.__dict__)
        if "__eq__" in written and cls.__dict__["__hash__"] is None:
            written.remove("__hash__")
        made = dataclasses.dataclass(cls, init=False, repr=False, eq=False, **options)
        for name, method in _methods(made, frozen).items():
            if name not in written:
                setattr(made, name, method)
        return made

    def _methods(cls, frozen):
        return {
            "__init__": _first_init(cls, frozen),
            "__repr__": _repr,
            **_comparison(cls, frozen),
            **(FROZEN if frozen else {}),
        }

    def _first_init(cls, frozen):
        calls = 0

        def __init__(self, *args, **kwargs):
            nonlocal calls
            calls += 1
            if calls > SLOW_CALLS or not _initialized(cls, self, args, kwargs):
                cls.__init__ = _init(cls, frozen)
                cls.__init__(self, *args, **kwargs)

        return __init__

    def _initialized(cls, made, args, kwargs):
        """Set the fields; False where the arguments do not fit: `__init__` says why."""
        fields = dataclasses.fields(cls)
        places = [f.name for f in fields if f.init and not f.kw_only]
        given = dict(zip(places, args, strict=False)) | kwargs
        if len(given) < len(args) + len(kwargs):
            return False
        values = {
            f.name: given.pop(f.name) for f in fields if f.init and f.name in given
        }
        absent = [f for f in fields if f.name not in values]
        if given or any(_is_required(f) for f in absent):
            return False
        values |= {f.name: _initial(f) for f in absent}
        for field in fields:
            object.__setattr__(made, field.name, values[field.name])
        if hasattr(cls, "__post_init__"):
            made.__post_init__()
        return True

    def _is_required(field):
        absent = dataclasses.MISSING
        return field.default is absent and field.default_factory is absent

    def _initial(field):
        made = field.default_factory
        return field.default if made is dataclasses.MISSING else made()

    def _init(cls, frozen):
        """Compile `__init__`; `_default` and `_make` hold what fields begin with."""
        fields = dataclasses.fields(cls)
        by_place = [_parameter(f) for f in fields if f.init and not f.kw_only]
        by_name = [_parameter(f) for f in fields if f.init and f.kw_only]
        parameters = ["self", *by_place, *(["*", *by_name] if by_name else [])]
        lines = [_assignment(f, frozen) for f in fields]
        if hasattr(cls, "__post_init__"):
            lines.append("self.__post_init__()")
        text = f"def __init__({', '.join(parameters)}):\n "
        names = {
            "_absent": dataclasses.MISSING,
            "_default": {f.name: f.default for f in fields},
            "_make": {f.name: f.default_factory for f in fields},
            "_set": object.__setattr__,
        }
        exec(text + "\n ".join(lines or ["pass"]), names)
        return names["__init__"]

    def _parameter(field):
        if field.default is not dataclasses.MISSING:
            return f"{field.name}=_default[{field.name!r}]"
        if field.default_factory is not dataclasses.MISSING:
            return f"{field.name}=_absent"
        return field.name

    def _assignment(field, frozen):
        name, value = field.name, field.name
        if field.default_factory is not dataclasses.MISSING:
            value = f"_make[{name!r}]()"
            if field.init:
                value = f"{value} if {name} is _absent else {name}"
        elif not field.init:
            value = f"_default[{name!r}]"
        return f"_set(self, {name!r}, {value})" if frozen else f"self.{name} = {value}"

    @recursive_repr()
    def _repr(self):
        shown = (f for f in dataclasses.fields(self) if f.repr)
        values = ", ".join(f"{f.name}={getattr(self, f.name)!r}" for f in shown)
        return f"{type(self).__qualname__}({values})"

    def _comparison(cls, frozen):
        compared = [f.name for f in dataclasses.fields(cls) if f.compare]
        key = attrgetter(*compared) if compared else type

        def __eq__(self, other):
            same = other.__class__ is self.__class__
            return key(self) == key(other) if same else NotImplemented

        def __hash__(self):
            return hash(key(self))

        return {"__eq__": __eq__, "__hash__": __hash__ if frozen else None}

    def _frozen_set(self, name, value):
        raise dataclasses.FrozenInstanceError(f"cannot assign to field {name!r}")

    def _frozen_delete(self, name):
        raise dataclasses.FrozenInstanceError(f"cannot delete field {name!r}")

    def _get_state(self):
        return [getattr(self, field.name) for field in dataclasses.fields(self)]

    def _set_state(self, state):
        for field, value in zip(dataclasses.fields(self), state, strict=True):
            object.__setattr__(self, field.name, value)

    FROZEN = {
        "__setattr__": _frozen_set,
        "__delattr__": _frozen_delete,
        "__getstate__": _get_state,
        "__setstate__": _set_state,
    }
