"""The benchmark tells a program that goes on from one that does not."""

from __future__ import annotations

from tests.telegram_bench import delivery, speed, talking
from tests.telegram_bench.__main__ import ROWS
from tests.telegram_bench.bench import Bench, Figure


def test_rows_are_met_by_the_bot_in_small() -> None:
    bench = Bench.over_seeds("dalil", 0.05)
    figures = [delivery.t10_unreadable(bench), talking.t14_foreign(bench)]
    assert [figure.met for figure in figures] == [True, True], figures
    assert "0 foreign" in figures[1].text


def test_a_program_that_stops_at_an_unreadable_update_is_seen() -> None:
    bench = Bench.over_seeds("plain", 0.05)
    assert delivery.t10_unreadable(bench) == Figure("stuck", False)


def test_every_row_has_its_function_once() -> None:
    assert (
        len(ROWS)
        == len(delivery.ROWS) + len(talking.ROWS) + len(speed.ROWS)
        == len({row for _, _, row in ROWS.values()})
    )
