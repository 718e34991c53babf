"""The bench counts the turns in which the machine had its processors, whatever they measured."""

import pytest

from tests.bench import calm
from tests.bench.calm import Times, calmest, share


@pytest.fixture
def kept_back(monkeypatch):
    """Have the host keep back these shares, in percent, turn by turn; the last one from then on."""

    def plan(*percents):
        clock = Times(0, 0)
        coming = list(percents)
        reads = 0

        def times():
            nonlocal clock, reads
            reads += 1
            if reads % 2 == 0:  # each turn is looked at before and after
                percent = coming.pop(0) if len(coming) > 1 else coming[0]
                clock = Times(clock.given + 100 - percent, clock.kept_back + percent)
            return clock

        monkeypatch.setattr(calm, "times", times)

    return plan


def test_the_share_kept_back_is_of_what_was_asked_for_not_of_idle_time():
    assert share(Times(1000, 50), Times(1300, 150)) == 0.25


def test_a_machine_that_asked_for_nothing_was_kept_nothing_back():
    assert share(Times(1000, 50), Times(1000, 50)) == 0.0


def test_calm_turns_all_count_and_no_more_are_taken(kept_back):
    kept_back(2, 5, 0)
    assert calmest("start", 3, lambda turn: turn) == ([1, 2, 3], 0.05)


def test_a_turn_that_was_not_calm_is_taken_again_however_fast_it_was(kept_back):
    kept_back(0, 60, 3, 8)
    assert calmest("start", 3, lambda turn: turn) == ([1, 3, 4], 0.08)


def test_where_no_turn_is_calm_the_calmest_count_and_their_share_is_told(kept_back):
    kept_back(90, 30, 70, 50)
    turns, most = calmest("start", 2, lambda turn: turn)
    assert turns == [2, 4]
    assert most == 0.5


def test_the_kernel_s_own_count_is_read():
    found = calm.times()
    assert found.given > 0
    assert found.kept_back >= 0
