"""Text with entities: what Telegram is given is clean, within its limits, and marked where it was meant to be."""

from __future__ import annotations

import functools
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.telegram.rich_text import (
    LONGEST_MESSAGE,
    MOST_ENTITIES,
    RichText,
    bold,
    is_web_address,
    italic,
    link,
    plain,
    quote,
    split,
    utf16_length,
)

FAMILY, FLAG, WAVE = "👨‍👩‍👧‍👦", "🇵🇸", "👋🏽"
URL = "https://example.org/خبر"
HARMFUL = "\x00\x1b\x07\x7f\x9b\u200b\u200e\u200f\u061c\u202a\u202e\u2066\u2069\ufeff\U000e0041\ud800"

words = st.one_of(
    st.sampled_from(
        ["قُتِلَ", "أربعةُ", "جنود،", "سيونيك.", "«الرد»", "[1]", "Baku", "2024", FAMILY, FLAG, WAVE, "e\u0301"]
    ),
    st.text("ابتَُّ", min_size=1, max_size=30),
    st.text("ab😀🇵🇸", min_size=1, max_size=12),
    st.builds(lambda letter, times: letter * times, st.sampled_from(["ب", "😀", FLAG, FAMILY]), st.integers(20, 60)),
)
gaps = st.sampled_from([" ", " ", " ", "\n", "\n\n", ". "])
texts = st.lists(st.tuples(words, gaps), max_size=25).map(lambda parts: RichText("".join(map("".join, parts))))
marks = st.sampled_from([bold, italic, quote, functools.partial(quote, expandable=False), lambda x: link(x, URL)])
rich_texts = st.recursive(
    texts,
    lambda inner: st.one_of(
        st.builds(lambda mark, x: mark(x), marks, inner), st.builds(lambda first, second: first + second, inner, inner)
    ),
    max_leaves=6,
)


def marked(rich: RichText) -> list[tuple[str, str]]:
    """Every marked stretch: its kind and its words."""
    units = rich.text.encode("utf-16-le", "surrogatepass")
    return [
        (entity.type, units[2 * entity.offset : 2 * (entity.offset + entity.length)].decode("utf-16-le"))
        for entity in rich.entities
    ]


def visible(rich: RichText) -> Iterator[tuple[str, list[tuple[str, str | None]]]]:
    """Every character but white space, with what it is marked as."""
    at = 0
    for char in rich.text:
        covering = [e for e in rich.entities if e.offset <= at < e.offset + e.length]
        if not char.isspace():
            yield char, sorted((e.type, e.url) for e in covering)
        at += utf16_length(char)


def check_entities(rich: RichText) -> None:
    for entity, (_, covered) in zip(rich.entities, marked(rich), strict=True):
        assert entity.offset + entity.length <= utf16_length(rich.text)
        assert covered == covered.strip() != ""


@given(rich_texts, st.integers(2, 120))
def test_pieces_are_within_limits_and_keep_every_word_as_it_was_marked(rich: RichText, limit: int) -> None:
    check_entities(rich)
    pieces = split(rich, limit)
    for piece in pieces:
        assert 0 < utf16_length(piece.text) <= limit
        assert piece.text == piece.text.strip()
        check_entities(piece)
    assert [char for piece in pieces for char in visible(piece)] == list(visible(rich))


@given(rich_texts, st.integers(2, 120))
def test_nothing_but_white_space_is_lost_between_pieces(rich: RichText, limit: int) -> None:
    at = 0
    for piece in split(rich, limit):
        found = rich.text.index(piece.text, at)
        assert not rich.text[at:found].strip()
        at = found + len(piece.text)
    assert not rich.text[at:].strip()


@given(rich_texts)
def test_what_fits_is_one_piece(rich: RichText) -> None:
    fitting = split(rich)
    if utf16_length(rich.text) <= LONGEST_MESSAGE:
        assert [piece.text for piece in fitting] == [rich.text.strip()] * bool(rich.text.strip())


@given(st.lists(st.tuples(st.text("ابت", min_size=1, max_size=9), gaps), max_size=40), st.integers(10, 60))
def test_no_word_is_cut_that_fits_in_a_piece(parts: list[tuple[str, str]], limit: int) -> None:
    text = "".join(map("".join, parts))
    assert [word for piece in split(RichText(text), limit) for word in piece.text.split()] == text.split()


@pytest.mark.parametrize("whole", [FAMILY, FLAG, WAVE, "بَّ", "e\u0301", "✌️"])
@given(st.integers(1, 40), st.integers(14, 30))
def test_what_is_read_as_one_sign_is_not_cut(whole: str, times: int, limit: int) -> None:
    for piece in split(RichText(f"ا{whole * times}"), limit):
        assert piece.text.removeprefix("ا") == whole * piece.text.count(whole)


def test_a_sign_longer_than_a_piece_is_cut_all_the_same() -> None:
    assert "".join(piece.text for piece in split(RichText("ب" + "َ" * 50), 10)) == "ب" + "َ" * 50


@pytest.mark.parametrize(
    ("text", "pieces"),
    [
        ("واحد اثنان.\n\nثلاثة أربعة", ["واحد اثنان.", "ثلاثة أربعة"]),
        ("واحد اثنان\nثلاثة أربعة", ["واحد اثنان", "ثلاثة أربعة"]),
        ("واحد. اثنان ثلاثة أربعة", ["واحد.", "اثنان ثلاثة أربعة"]),
        ("واحد اثنان ثلاثة أربعة", ["واحد اثنان ثلاثة", "أربعة"]),
        ("واحد ثلاثة أربعة. [1]", ["واحد ثلاثة", "أربعة. [1]"]),
        ("ا\n\nواحد اثنان ثلاثة أربعة", ["ا\n\nواحد اثنان", "ثلاثة أربعة"]),
    ],
)
def test_cuts_are_where_a_reader_pauses(text: str, pieces: list[str]) -> None:
    assert [piece.text for piece in split(plain(text), 18)] == pieces


def test_a_piece_has_no_more_entities_than_telegram_keeps() -> None:
    rich = plain(" ").join(bold(f"كلمة{n}") for n in range(250))
    pieces = split(rich)
    assert [len(piece.entities) for piece in pieces] == [MOST_ENTITIES, MOST_ENTITIES, 50]
    assert [covered for piece in pieces for _, covered in marked(piece)] == rich.text.split()


def test_a_long_quotation_goes_on_in_the_next_piece() -> None:
    pieces = split(quote("كلمة " * 2000))
    assert [marked(piece) for piece in pieces] == [[("expandable_blockquote", piece.text)] for piece in pieces]
    assert len(pieces) == 3


def test_nothing_gives_no_piece() -> None:
    assert split(plain(" \n ")) == split(RichText("")) == []


@given(st.text() | st.text(HARMFUL + "ab \nب"))
def test_what_is_made_is_clean_and_marked_without_white_space_at_its_ends(text: str) -> None:
    for rich in (plain(text), bold(text), link(text, URL), quote(italic(text))):
        assert not set(rich.text) & set(HARMFUL)
        check_entities(rich)
    assert plain(text).text.split() == plain(plain(text).text).text.split()


def test_white_space_between_texts_stays() -> None:
    assert (plain("قال ") + bold("أحمد") + plain("\n\nثم")).text == "قال أحمد\n\nثم"


def test_entities_are_counted_in_utf16_units_and_nest() -> None:
    rich = plain("😀 ") + quote(bold("أ") + plain(" ") + link("ب", URL)) + italic(" 😀 ")
    assert [(e.type, e.offset, e.length) for e in rich.entities] == [
        ("expandable_blockquote", 3, 3),
        ("bold", 3, 1),
        ("text_link", 5, 1),
        ("italic", 7, 2),
    ]
    assert marked(rich) == [("expandable_blockquote", "أ ب"), ("bold", "أ"), ("text_link", "ب"), ("italic", "😀")]


def test_quotations_do_not_nest_and_nothing_is_marked_twice() -> None:
    assert marked(quote(quote("أ", expandable=False) + bold(bold("ب")))) == [
        ("expandable_blockquote", "أب"),
        ("bold", "ب"),
    ]


@pytest.mark.parametrize("url", [URL, "http://example.org", "HTTPS://example.org:8443/a?b=c#d", "https://مثال.إختبار/"])
def test_web_addresses_are_linked(url: str) -> None:
    assert link("أ", url).entities[0].url == url


@pytest.mark.parametrize(
    "url",
    [
        *(None, "", "example.org", "/a", "file:///etc/passwd", "javascript:alert(1)", "tg://user?id=1", "mailto:a@b.c"),
        *(
            "https://",
            "https:///a",
            "http://[::1",
            "http://a:port/",
            "https://a b/",
            "https://a/\u202eb",
            "https://a/\n",
        ),
        "https://a/" + "b" * 3000,
    ],
)
def test_other_addresses_are_not(url: str | None) -> None:
    assert link("أ", url) == RichText("أ")
    assert not is_web_address(url or "")
