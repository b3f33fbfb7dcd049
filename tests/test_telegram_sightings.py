"""Where a message of unknown fate is looked for."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.telegram.sightings import BEYOND, MOST_CANDIDATES, REMEMBERED, Sightings

GROUP = -1_001_234_567_890


@given(st.data())
def test_an_id_of_the_account_s_own_sequence_is_found_among_those_of_other_chats(data: st.DataObject) -> None:
    """One message gets lost while other chats' messages come and go, all numbered together."""
    sightings = Sightings()
    number = data.draw(st.integers(1, 10_000))
    sightings.saw(5, number)
    after = sightings.newest(5)
    events = data.draw(st.lists(st.sampled_from(["ours", "theirs", "mine"]), max_size=40))
    lost_at = data.draw(st.integers(0, min(len(events), BEYOND - 1)))
    for event in [*events[:lost_at], "lost", *events[lost_at:]]:
        number += 1
        if event == "lost":
            lost = number
        else:
            sightings.saw(5 if event == "mine" else 6, number, own=event == "ours")
    assert lost in sightings.candidates(5, after)
    number += 1
    assert lost in sightings.candidates(5, after, below=number)


@pytest.mark.parametrize("chat_id", [5, GROUP])
def test_a_chat_that_numbers_by_itself_is_reckoned_with(chat_id: int) -> None:
    sightings = Sightings()
    for number in range(500, 600):
        sightings.saw(6, number, own=True)
    sightings.saw(chat_id, 3)
    assert 4 in sightings.candidates(chat_id, sightings.newest(chat_id))
    assert 4 in sightings.candidates(chat_id, 3, below=5)


def test_messages_known_in_the_chat_are_never_tried_and_there_are_few() -> None:
    sightings = Sightings()
    for number in range(1, 200):
        sightings.saw(5, number, own=number % 2 == 0)
    for candidates in (sightings.candidates(5, 20), sightings.candidates(5, 20, below=250)):
        assert candidates and not set(candidates) & set(range(200))
        assert len(candidates) <= MOST_CANDIDATES


def test_memory_is_bounded() -> None:
    sightings = Sightings()
    for number in range(3 * REMEMBERED):
        sightings.saw(number, number)
    assert len(sightings._seen) <= REMEMBERED
    assert len(sightings._newest) <= REMEMBERED + 1
