"""Frozen records without generated code.

`dataclasses` writes and compiles several functions for each class, each time the program
starts: on a phone that was a tenth of the wait for the first estimate. These records keep
their values in a plain dictionary, and type checkers still read them as dataclasses.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Any, ClassVar, Never, Self, dataclass_transform

if TYPE_CHECKING:
    from collections.abc import Mapping

# The default of a field that holds a mapping: nobody can add to it.
EMPTY: Mapping[Any, Any] = MappingProxyType({})


@dataclass_transform(frozen_default=True)
class Record:
    """A frozen record: its annotated names are its fields, in order, with their defaults.

    ``class Visit(Record, kw_only=True)`` lets a type checker insist on keywords.
    """

    _fields: ClassVar[tuple[str, ...]] = ()
    _defaults: ClassVar[Mapping[str, Any]] = EMPTY

    def __init_subclass__(cls, *, kw_only: bool = False) -> None:
        """Note the fields of a new class; `kw_only` is the type checker's."""
        del kw_only
        cls._fields = tuple(cls.__annotations__)
        cls._defaults = {name: cls.__dict__[name] for name in cls._fields if name in cls.__dict__}

    def __init__(self, *values: object, **named: object) -> None:
        """Take a value for each field that has no default.

        Raises:
            TypeError: a field is missing, or one is given that there isn't.
        """
        own = self.__dict__
        own.update(self._defaults)
        if values:
            own.update(zip(self._fields, values, strict=False))
        own.update(named)
        if len(own) != len(self._fields) or len(values) > len(self._fields):
            wrong = set(own).symmetric_difference(self._fields)
            raise TypeError(f"{type(self).__name__}: missing or unknown: {sorted(wrong)}")

    def __setattr__(self, name: str, value: object) -> Never:
        """Refuse: a record never changes."""
        raise AttributeError(f"{type(self).__name__}.{name} can't be changed: use replace()")

    def __eq__(self, other: object) -> bool:
        """Whether another record is of the same class and holds the same values."""
        return type(other) is type(self) and other.__dict__ == self.__dict__

    def __hash__(self) -> int:
        """The values' own hash; a record that holds a mapping has none."""
        return hash(tuple(self.__dict__.values()))

    def __repr__(self) -> str:
        """The class and its values, as one would write them."""
        values = ", ".join(f"{name}={getattr(self, name)!r}" for name in self._fields)
        return f"{type(self).__name__}({values})"

    @classmethod
    def names(cls) -> tuple[str, ...]:
        """The names of the fields, in order."""
        return cls._fields

    def replace(self, **changed: object) -> Self:
        """The same record with some values changed."""
        return type(self)(**{**self.__dict__, **changed})
