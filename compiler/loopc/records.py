"""Dataclasses that are quick to define: half of the time of `loopc check` went there.

`dataclass` is the standard library's, but for when things happen. That one compiles the
text of six functions while a class is defined. This one shares five of them, has the
standard library make the fields when something first looks at them (`replace`, `==`),
and compiles `__init__` for a class that has been instantiated often. A base that is a
dataclass is one of these, too.
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from dataclasses import dataclass as dataclass

    def field_names(cls: type) -> list[str]:
        """The names of the fields of a class, those of its bases first."""
        ...

else:
    import dataclasses
    from functools import cache
    from operator import attrgetter
    from reprlib import recursive_repr

    QUICK = {"frozen", "slots", "kw_only"}
    ABSENT = dataclasses.MISSING
    # Compiling `__init__` takes the time of fifty calls without; in a check nine of ten
    # classes have fewer instances.
    SLOW_CALLS = 50

    def dataclass(cls=None, /, **options):
        """Decorate a class as `dataclasses.dataclass` does."""
        if cls is None:
            return lambda decorated: dataclass(decorated, **options)
        if options.keys() - QUICK:
            return dataclasses.dataclass(cls, **options)
        own = {name: vars(cls).get(name, ABSENT) for name in cls.__annotations__}
        members = _members(own, options)
        written = vars(cls).keys() - own.keys()
        if "__eq__" in written and cls.__hash__ is None:
            written.remove("__hash__")
        for name in written & members.keys():
            del members[name]
        return _again(cls, own, members, options.get("slots"))

    def _members(own, options):
        """What is added to a class: a few methods, and what tells its fields."""
        return {
            "__own_fields__": (own, options.get("kw_only", False)),
            **{name: _Late() for name in LATE},
            "__init__": _first_init(),
            **SHARED,
            **(FROZEN if options.get("frozen") else MUTABLE),
        }

    def _again(cls, own, members, slots):
        """The class with further members: all at once is quicker than one by one."""
        left_out = own.keys() | {"__dict__", "__weakref__"}
        kept = {name: each for name, each in vars(cls).items() if name not in left_out}
        if slots:
            bases = cls.__mro__[1:]
            taken = {s for base in bases for s in vars(base).get("__slots__", ())}
            kept["__slots__"] = tuple(name for name in own if name not in taken)
        else:
            kept |= _plain_values(own)
        made = type(cls)(cls.__name__, cls.__bases__, kept | members)
        made.__qualname__ = cls.__qualname__
        return made

    def _plain_values(own):
        """What fields begin with where that is one value, which the class shows too."""
        is_field = dataclasses.Field
        values = {
            n: v.default if isinstance(v, is_field) else v for n, v in own.items()
        }
        return {name: value for name, value in values.items() if value is not ABSENT}

    # ------------------------------------------------------------------------- fields

    LATE = ("__dataclass_fields__", "__dataclass_params__", "__match_args__")

    class _Late:
        """An attribute of a class that the standard library makes when it is read."""

        def __set_name__(self, cls, name):
            self.cls, self.name = cls, name

        def __get__(self, instance, owner):
            made = _plain(self.cls)
            for name in LATE:
                setattr(self.cls, name, getattr(made, name))
            return getattr(owner, self.name)

    def _plain(cls):
        """A dataclass of the standard library that has the fields of a class alone."""
        own, by_name = cls.__own_fields__
        members = {name: each for name, each in own.items() if each is not ABSENT}
        members["__annotations__"] = cls.__annotations__
        members["__module__"] = cls.__module__
        members["__doc__"] = cls.__name__  # where there is none, one is made
        made = type(cls)(cls.__name__, cls.__bases__, members)
        return dataclasses.dataclass(
            made, init=False, repr=False, eq=False, kw_only=by_name
        )

    # ------------------------------------------------------------------------- __init__

    class _Layout:
        """What `__init__` takes, and what fields begin with that it is not given."""

        def __init__(self, cls):
            self.by_place, self.by_name = [], []
            self.values, self.makers = {}, {}
            fields = _fields(cls)
            for name, (field, by_name) in fields.items():
                if field.init:
                    (self.by_name if by_name else self.by_place).append(name)
                if field.default is not ABSENT:
                    self.values[name] = field.default
                elif field.default_factory is not ABSENT:
                    self.makers[name] = field.default_factory
            self.taken = {*self.by_place, *self.by_name}
            known = self.taken | self.values.keys() | self.makers.keys()
            self.set = [name for name in fields if name in known]
            self.goes_on = hasattr(cls, "__post_init__")

    def field_names(cls):
        names = {}
        for base in reversed(cls.__mro__):
            own, _ = vars(base).get("__own_fields__", ({}, False))
            names |= own
        return list(names)

    def _fields(cls):
        """The fields of a class and its bases; whether each is taken by name only."""
        found = {}
        for base in reversed(cls.__mro__):
            own, by_name = vars(base).get("__own_fields__", ({}, False))
            for name, given in own.items():
                is_field = isinstance(given, dataclasses.Field)
                field = given if is_field else dataclasses.field(default=given)
                says = field.kw_only is not ABSENT
                found[name] = field, field.kw_only if says else by_name
        return found

    def _first_init():
        """`__init__` of the first instances; what it cannot take, the other refuses."""
        cls, layout, calls = None, None, 0

        def __init__(self, *args, **kwargs):
            nonlocal cls, layout, calls
            if layout is None:
                cls = next(
                    c for c in type(self).__mro__ if __init__ in vars(c).values()
                )
                layout = _Layout(cls)
            calls += 1
            values = _values(layout, args, kwargs) if calls <= SLOW_CALLS else None
            if values is None:
                cls.__init__ = _compiled_init(layout)
                cls.__init__(self, *args, **kwargs)
                return
            for name, value in values.items():
                _set(self, name, value)
            if layout.goes_on:
                self.__post_init__()

        return __init__

    def _values(layout, args, kwargs):
        """What every field begins with; None where the arguments do not fit."""
        if args:
            placed = dict(zip(layout.by_place, args, strict=False))
            if len(placed) < len(args) or not placed.keys().isdisjoint(kwargs):
                return None
            kwargs = placed | kwargs
        if not kwargs.keys() <= layout.taken:
            return None
        if len(kwargs) == len(layout.set):
            return kwargs
        makers = layout.makers.items()
        made = {name: make() for name, make in makers if name not in kwargs}
        values = layout.values | made | kwargs
        return values if len(values) == len(layout.set) else None

    def _compiled_init(layout):
        """`_value` and `_make` hold what fields begin with."""
        by_place = [_parameter(layout, name) for name in layout.by_place]
        by_name = [_parameter(layout, name) for name in layout.by_name]
        parameters = ["self", *by_place, *(["*", *by_name] if by_name else [])]
        lines = [_assignment(layout, name) for name in layout.set]
        if layout.goes_on:
            lines.append("self.__post_init__()")
        text = f"def __init__({', '.join(parameters)}):\n "
        names = {
            "_absent": ABSENT,
            "_make": layout.makers,
            "_set": _set,
            "_value": layout.values,
        }
        exec(text + "\n ".join(lines or ["pass"]), names)
        return names["__init__"]

    def _parameter(layout, name):
        if name in layout.values:
            return f"{name}=_value[{name!r}]"
        return f"{name}=_absent" if name in layout.makers else name

    def _assignment(layout, name):
        value = name
        if name in layout.makers:
            value = f"_make[{name!r}]()"
            if name in layout.taken:
                value = f"{value} if {name} is _absent else {name}"
        elif name not in layout.taken:
            value = f"_value[{name!r}]"
        return f"_set(self, {name!r}, {value})"

    # ------------------------------------------------------------------ shared methods

    _set = object.__setattr__

    @recursive_repr()
    def _repr(self):
        shown = (f for f in dataclasses.fields(self) if f.repr)
        values = ", ".join(f"{f.name}={getattr(self, f.name)!r}" for f in shown)
        return f"{type(self).__qualname__}({values})"

    @cache
    def _key(cls):
        """What reads the fields that are compared."""
        compared = [f.name for f in dataclasses.fields(cls) if f.compare]
        return attrgetter(*compared) if compared else type

    def _eq(self, other):
        if other.__class__ is not self.__class__:
            return NotImplemented
        key = _key(self.__class__)
        return key(self) == key(other)

    def _hash(self):
        return hash(_key(self.__class__)(self))

    def _frozen_set(self, name, value):
        raise dataclasses.FrozenInstanceError(f"cannot assign to field {name!r}")

    def _frozen_delete(self, name):
        raise dataclasses.FrozenInstanceError(f"cannot delete field {name!r}")

    def _get_state(self):
        return [getattr(self, field.name) for field in dataclasses.fields(self)]

    def _set_state(self, state):
        for field, value in zip(dataclasses.fields(self), state, strict=True):
            _set(self, field.name, value)

    SHARED = {"__repr__": _repr, "__eq__": _eq}
    MUTABLE = {"__hash__": None}
    FROZEN = {
        "__hash__": _hash,
        "__setattr__": _frozen_set,
        "__delattr__": _frozen_delete,
        "__getstate__": _get_state,
        "__setstate__": _set_state,
    }
