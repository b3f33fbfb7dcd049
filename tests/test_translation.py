from __future__ import annotations

import re
from pathlib import Path

import pytest

from retrieval.arabic import normalize, words
from retrieval.features import ANALYZER
from retrieval.query import read_query
from retrieval.similarity import similarity
from retrieval.translation import in_arabic, names, needs_translation, terms
from retrieval.transliteration import of_arabizi, of_name

GLOSSARY = Path(__file__).parents[1] / "retrieval" / "data" / "glossary.tsv"


def test_the_glossary_has_one_to_three_arabic_words_an_entry_and_no_entry_twice() -> None:
    entries = [line.split("\t") for line in GLOSSARY.read_text(encoding="utf-8").splitlines()]
    assert len(entries) >= 4_000
    assert len({entry[0] for entry in entries}) == len(entries)
    for english, *arabic in entries:
        assert re.fullmatch(r"[a-z0-9][a-z0-9' .&-]*", english), english
        assert 1 <= len(arabic) <= 3, english
        assert all(re.fullmatch(r"[\u0621-\u064a0-9 ]+", gloss) for gloss in arabic), english


@pytest.mark.parametrize(
    ("question", "arabic"),
    [
        ("Who is the president of Azerbaijan?", "من هو رئيس أذربيجان"),
        ("When will the peace talks begin in Armenia's capital?", "متى محادثات السلام"),
        ("How many soldiers were wounded?", "كم عدد جندي"),
        ("How many times did they meet", "كم مرة"),
        ("Why did the summit collapse in 2019?", "لماذا قمة انهار 2019"),
        ("قال الرئيس إن الحرب انتهت", "قال الرئيس إن الحرب انتهت"),
    ],
)
def test_an_english_question_is_put_in_arabic_words(question: str, arabic: str) -> None:
    assert normalize(in_arabic(question)).startswith(normalize(arabic))


def test_capitals_numbers_and_points() -> None:
    assert normalize("منظمة الصحة العالمية") in terms("What does the WHO say about it?")[0]
    assert normalize("الولايات المتحدة") == terms("U.S. troops")[0][0] == terms("the US army")[0][0]
    assert [term[0] for term in terms("WHO IS THE PRESIDENT OF ARMENIA?")] == [normalize("رئيس"), normalize("أرمينيا")]
    assert ("1500",) in terms("Were 1,500 soldiers killed?")


@pytest.mark.parametrize(
    ("question", "arabic"),
    [
        ("What happened at 7pm in Beirut?", "ما "),
        ("Who's the president of Iran?", "من"),
        ("What did Trump say about it?", "ماذا قال ترمب"),
        ("masr fi 2023 3an el7arb", "مصر في 2023 عن الحرب"),
    ],
)
def test_what_is_asked_is_kept(question: str, arabic: str) -> None:
    assert normalize(in_arabic(question)).startswith(normalize(arabic))


def test_inflections_contractions_accents_and_dates() -> None:
    assert set(terms("planes")[0][:2]) == set(terms("plane")[0][:2])
    assert terms("slaves")[0][:1] == terms("slave")[0][:1] != terms("slav")[0][:1]
    assert terms("died")[0][0] == normalize("توفي")
    assert terms("It isn't in São Paulo") == terms("sao paulo")
    assert terms("Erdoğan") == terms("Erdogan") and terms("Müller")[0][-1] == "muller"
    assert ("7",) in terms("on October 7th") and ("7",) in terms("the 7th of May")
    assert terms("in May 2011")[0][0] == normalize("مايو")
    assert ("1200000",) in terms("1,200,000 people")


def test_phrases_go_before_words_and_inflections_to_their_entry() -> None:
    assert words("وزير الخارجية") in [alternative.split() for alternative in terms("the foreign ministers")[0]]
    assert terms("countries")[0][0] == normalize("دولة") or normalize("بلد") in terms("countries")[0]
    assert terms("the and of did") == []


def test_every_thing_keeps_its_latin_word_for_articles_that_have_it() -> None:
    assert "openai" in terms("What did OpenAI announce?")[0]
    assert terms("Kopyrkin said")[0] == ("كوبيركين", "kopyrkin")


@pytest.mark.parametrize(
    ("name", "arabic"),
    [("Kopyrkin", "كوبيركين"), ("Ivanov", "إيفانوف"), ("Schmidt", "شميدت"), ("Gonzalez", "غونزاليز")],
)
def test_a_name_in_arabic_letters_is_like_its_newspaper_spelling(name: str, arabic: str) -> None:
    assert max(similarity(normalize(spelling), normalize(arabic)) for spelling in of_name(name)) >= 0.6


@pytest.mark.parametrize(
    ("word", "arabic"), [("el7arb", "الحرب"), ("wazeer", "وزير"), ("ra2ees", "رئيس"), ("5abar", "خبر")]
)
def test_arabizi_is_read_as_arabic(word: str, arabic: str) -> None:
    assert normalize(arabic) in of_arabizi(word)


def test_a_question_in_arabizi_is_not_taken_for_english() -> None:
    assert in_arabic("meen ra2ees el7ukuma?").startswith("من ")
    assert normalize("رئيس") in terms("meen ra2ees el7ukuma?")[0]
    assert in_arabic("Where is the 20th G20 summit on covid-19?").startswith("أين")


def test_names_are_latin_words_amid_arabic_ones_and_unknown_capitals() -> None:
    ((*_, written, spelt),) = names("ماذا قال OpenAI عن كيم؟")
    assert (written, spelt) == ("openai", of_name("openai")[0])
    assert [ways[-1] for ways in names("What did Zubrowka say about the summit in Armenia?")] == ["zubrowka"]
    for text in (
        "من قال ذلك؟", "who said it", "Tell me about the war in Egypt.", "9/11 attacks", "Egypt’s capital", "the Egyptian-American talks",
        "WHAT CAUSED THE TURBULENCE ON THE FLIGHT?", "كم حاصل 5 × 3؟", "Gaza 2023",
    ):  # fmt: skip
        assert names(text) == [], text


def test_alternatives_count_less_than_a_word_without_any() -> None:
    assert not needs_translation("رئيس أذربيجان")
    plain, english = read_query("رئيس أذربيجان", ANALYZER), read_query("president", ANALYZER)
    assert plain.weights is None
    assert english.weights is not None and len(english.weights) == len(english.features)
    assert (english.weights < 1).all()
    assert len(english.things) == 1 and len(english.things[0]) > 1


@pytest.mark.parametrize("text", ["", "!?", "the of", "é", "ﬁ", "a.b.c", "'", "-", "3", "１２"])
def test_odd_texts_are_read_without_a_fault(text: str) -> None:
    assert isinstance(in_arabic(text), str)
    assert read_query(text, ANALYZER).features.ndim == 1
