"""Records: frozen, complete, comparable."""

import pytest

from estimator.model import Range, Service
from estimator.record import Record


class Sample(Record, kw_only=True):
    needed: int
    usual: str = "x"


def test_a_record_takes_its_values_by_place_or_by_name():
    assert Service("97124", 15) == Service(code="97124", minutes=15)
    assert repr(Sample(needed=1)) == "Sample(needed=1, usual='x')"


@pytest.mark.parametrize("values", [{}, {"needed": 1, "other": 2}])
def test_a_missing_or_unknown_field_is_refused(values):
    with pytest.raises(TypeError, match="Sample: missing or unknown: "):
        Sample(**values)


def test_too_many_values_are_refused():
    with pytest.raises(TypeError, match="Service: missing or unknown"):
        Service("97124", 15, 1)


def test_a_record_never_changes():
    with pytest.raises(AttributeError, match=r"Service.minutes can't be changed: use replace"):
        Service("97124", 15).minutes = 30
    assert Service("97124", 15).replace(minutes=30) == Service("97124", 30)


def test_records_of_different_classes_are_different():
    assert Service("97124", 15) != Range("97124", 15, 0)
    assert len({Service("97124", 15), Service("97124", 15)}) == 1
