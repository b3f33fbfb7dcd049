from __future__ import annotations

import time
import unicodedata
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval import arabic
from retrieval.arabic import clean, clean_line, content_words, grams, normalize, pieces_of, sentences, stem, words

LETTERS = "ابتثجحخدذرزسشصضطظعغفقكلمنهويءأإآؤئىةٱپچژکگیڤۀ"
MARKS = "ًٌٍَُِّْٰٕٓٔـۖۢ"
OTHERS = "٠١٢٣۴۵۶789,٬٫.،؛؟!…«»()'\" \n\t-_aZéß½ﷺﻻﺔ𝟛😀"
HIDDEN = "\x00\x1b\x7f\x85\x9b\u00ad\u200b\u200e\u202e\u2066\u2069\ufeff\ud800\udfff\U000e0041\ufe0f\u2028\r\f"
SEQUENCES = "\x1b\x9b\x9d\x9c\x07[]()m0123456789;?\\A"
texts = st.text(
    st.one_of(st.sampled_from(LETTERS + MARKS + OTHERS + HIDDEN + SEQUENCES), st.characters(codec=None)), max_size=80
)
news = st.text(st.sampled_from("ابجدهو  .؟!…،؛«»()3٤\n"), max_size=300)


# ---------------------------------------------------------------------------------------------- clean


@pytest.mark.parametrize(
    "hidden",
    [
        *(
            "\x1b",
            "\x00",
            "\x9b",
            "\x7f",
            "\u202e",
            "\u2066",
            "\u200f",
            "\u061c",
            "\u200b",
            "\u200d",
            "\ufeff",
            "\u00ad",
        ),
        *("\U000e0041", "\U000e007f", "\ud800", "\udfff", "\ufe0f", "\u2060", "\ufffa", "\u3164"),
    ],
)
def test_clean_takes_out_what_cannot_be_seen(hidden: str) -> None:
    assert clean(f"سـ{hidden}لامٌ {hidden}عليكم{hidden}") == "سـلامٌ عليكم"


@pytest.mark.parametrize(
    "sequence",
    [
        *("\x1b[31m", "\x1b[m", "\x1b[1;38;2;0;0;0m", "\x1b[2J", "\x1b[?25l", "\x1b[2 q", "\x9b31m", "\x9bK"),
        *(
            "\x1b]0;title\x07",
            "\x1b]8;;https://example.org/\x1b\\",
            "\x1b]0;عنوان\x9c",
            "\x9d0;t\x07",
            "\x1bPq#0\x1b\\",
        ),
        *("\x1b7", "\x1bM", "\x1bc", "\x1b(B", "\x1b=", "\x1b\\", "\x1b[31m\x1b[1m"),
    ],
)
def test_clean_takes_out_whole_sequences_of_a_terminal(sequence: str) -> None:
    assert clean(f"{sequence}سلام {sequence}عليكم{sequence}؟") == "سلام عليكم؟"


def test_clean_takes_out_no_more_than_a_sequence() -> None:
    assert clean("[31m] 5m") == "[31m] 5m"  # without the control character it is text
    assert clean("\x1b]0;عنوان\nالخبر كله") == "0;عنوان\nالخبر كله"  # unfinished: what follows is not lost
    assert clean("\x9bقال\x9b الوزير") == "قال الوزير"


@pytest.mark.parametrize(
    "part", ["\x1b", "\x1b[", "\x1b[0", "\x1b]", "\x1b]0", "\x9b", "\x9b0 ", "\x9d", "\x9d0;a", "\x1b("]
)
def test_sequences_are_found_in_linear_time(part: str) -> None:
    started = time.perf_counter()
    clean(part * 100_000)
    clean(part + "0" * 300_000)
    assert time.perf_counter() - started < 2


@given(st.text(st.sampled_from(SEQUENCES + "سم \n"), max_size=40))
def test_clean_of_sequences_is_idempotent(text: str) -> None:
    assert clean(clean(text)) == clean(text)
    assert not set(clean(text)) & set("\x1b\x9b\x9d\x9c\x07")


def test_clean_keeps_letters_marks_tatweel_and_punctuation() -> None:
    text = "قُتلَ «٣٫٥» أشخــاص؛ مَن؟ — نعم… (U.S.)"
    assert clean(text) == text


def test_clean_composes_and_evens_out_white_space() -> None:
    assert clean("ا\u0654حمد\u00a0\u2003\tعلي \r\n ثم\rثم\u2028ثم ") == "أحمد علي\nثم\nثم\nثم"
    assert clean("آخر صفحة\fأول صفحة") == "آخر صفحة\nأول صفحة"  # a page break parts words
    assert clean_line(" سطر\n\n آخر ") == "سطر آخر"


@given(texts)
def test_clean_is_idempotent_and_safe_to_store(text: str) -> None:
    cleaned = clean(text)
    assert clean(cleaned) == cleaned
    assert {unicodedata.category(letter) for letter in cleaned if letter != "\n"}.isdisjoint({"Cc", "Cs", "Zl", "Zp"})
    cleaned.encode()
    assert clean_line(clean_line(text)) == clean_line(text)
    assert "\n" not in clean_line(text)


# ---------------------------------------------------------------------------------------------- normalize


@pytest.mark.parametrize(
    ("written", "normal"),
    [
        ("أحمد إلى آخر ٱلآن", "احمد الي اخر الان"),
        ("مؤتمر رئيس ماء سؤال شيء", "موتمر رييس ما سوال شي"),
        ("ســـلام", "سلام"),
        ("قُتِلَ أَرْبَعَةٌ مُدَرِّسًا هٰذا", "قتل اربعه مدرسا هذا"),
        ("مصطفى مدرسة", "مصطفي مدرسه"),
        ("٠١٢٣٤٥٦٧٨٩ ۰۱۲۳۴۵۶۷۸۹", "0123456789 0123456789"),
        ("1,250 ٢٬٥٠٠٬٠٠٠ 12,34 3٫5", "1250 2500000 12,34 3.5"),
        ("کتاب گاز پژوهش چای ویتامین ڤيينا", "كتاب كاز بزوهش جاي ويتامين فيينا"),
        ("Médecins Sans Frontières ÉCOLE", "medecins sans frontieres ecole"),
        ("ﻻ ﺍﻟﻌﺮﺑﻴﺔ ﷲ", "لا العربيه الله"),
        ("covid_19 ＡＢＣ", "covid 19 abc"),
        ("كو\u200cفيد\u202e", "كوفيد"),
    ],
)
def test_normalize_makes_spelling_variants_one(written: str, normal: str) -> None:
    assert normalize(written) == normal


@given(texts)
def test_normalize_is_idempotent(text: str) -> None:
    assert normalize(normalize(text)) == normalize(text)
    assert words(normalize(text)) == words(text)


@given(st.text(st.sampled_from(LETTERS), min_size=1), st.sampled_from(MARKS), st.data())
def test_marks_anywhere_in_a_word_change_nothing(word: str, mark: str, data: st.DataObject) -> None:
    at = data.draw(st.integers(1, len(word)))
    composed = unicodedata.normalize("NFC", word[:at] + mark + word[at:])
    assert normalize(composed) == normalize(word)


def test_words_part_digits_from_letters_and_leave_punctuation() -> None:
    assert words("في 1994م، غادر (ب30) أ.ب!") == ["في", "1994", "م", "غادر", "ب", "30", "ا", "ب"]
    assert words("؟! …") == []


def test_content_words_are_those_that_carry_the_topic() -> None:
    assert content_words("ما هي عاصمة أرمينيا؟ أين تقع؟") == ["عاصمه", "ارمينيا", "تقع"]


# ---------------------------------------------------------------------------------------------- stems and grams


@pytest.mark.parametrize(
    "family",
    [
        "الوزراء وزراء ووزراء والوزراء للوزراء",
        "أرمينيا أرميني الأرمينية وأرمينيا والأرمينيين",
        "وكالة الوكالة وكالات بالوكالة",
        "روسيا روسي الروسية",
        "بريطانيا البريطانية وبريطاني",
        "كتاب الكتاب كتابها كتابهم وكتابنا",
        "واشنطن وواشنطن",
        "معلم معلمون المعلمين معلمات",
    ],
)
def test_a_family_of_words_has_one_stem(family: str) -> None:
    assert len({stem(word) for word in words(family)}) == 1


@pytest.mark.parametrize(
    ("one", "other"), [("وزير", "زير"), ("ولد", "لد"), ("بيروت", "بيرو"), ("حرب", "حرس"), ("1994", "1995")]
)
def test_other_words_have_other_stems(one: str, other: str) -> None:
    assert stem(one) != stem(other)


@given(st.text(st.sampled_from(LETTERS), min_size=1, max_size=12))
def test_a_stem_is_never_empty_and_lies_in_its_word(text: str) -> None:
    for word in words(text):
        assert stem(word)
        assert stem(word) in word


def test_grams_are_bordered_windows() -> None:
    assert grams("سلام") == ["_سلا", "سلام", "لام_"]
    assert grams("من") == ["_من_"]
    assert grams("و") == ["_و_"]
    assert grams("من", 2) == ["_م", "من", "ن_"]


# ---------------------------------------------------------------------------------------------- sentences


@pytest.mark.parametrize(
    "parts",
    [
        ["قال ذلك.", "ثم مضى!", "لماذا؟", "لا أحد يعلم…", "انتهى"],
        ["سأل: «هل انتهى الأمر؟ لا أظن. سنرى» ثم صمت.", "ومضى."],
        ["وصل الوفد (وعدده خمسة. وقيل ستة) إلى باكو.", "ثم عاد."],
        ["قال د. أحمد إن أ.ف.ب. أخطأت.", "وصحّحت."],
        ["نشرت U.S. Army بيانًا.", "ثم سحبته."],
        ["ارتفع السعر 3.5 في المئة.", "وبلغ 1.250."],
        ["وُلد عام 1445 هـ.", "وعاش في مكة."],
        ["عام 2023 م.", "كان صعبًا."],
        ["عنوان بلا نقطة", "نص الخبر.", "آخره"],
        ["«اقتباس كامل.»", "ثم نص."],
        ["فتح «قوسًا لم يُغلق.", "ثم نص."],
        ['سأل: "هل انتهى الأمر؟ لا أظن. سنرى" ثم صمت.', "ومضى."],
        ['قال: "انتهى الأمر. سنعود."', 'وقال: "لن نعود. أبدا."', "ثم مضى."],
        ['فتح "قوسًا لم يُغلق.', "ثم نص."],
        ['شاشة قياسها 24" هنا.', *["جملة أخرى من المقال."] * 20, 'وأخرى قياسها 32" هناك.'],
        ["ماذا؟!", "نعم..", "حسنًا"],
    ],
)
def test_sentences_end_where_a_reader_ends_them(parts: list[str]) -> None:
    for between in (" ", "\n"):
        text = between.join(parts)
        if between == "\n" or "عنوان بلا نقطة" not in text:
            assert [span.of(text) for span in sentences(text)] == parts


def test_only_a_long_sentence_is_divided_at_a_semicolon() -> None:
    clause = "قال الوزير إن الحكومة ستواصل العمل على تنفيذ المشروعات الكبرى في جميع المحافظات " * 3
    long = f"{clause.strip()}؛ {clause.strip()}"
    assert [span.of(long) for span in sentences(long)] == [f"{clause.strip()}؛", clause.strip()]
    assert len(sentences("قصير؛ وقصير.")) == 1


@given(st.one_of(news, texts))
def test_every_character_but_white_space_is_in_exactly_one_sentence(text: str) -> None:
    spans = sentences(text)
    assert all(left.end <= right.start for left, right in pairwise(spans))
    assert all(span.of(text) and span.of(text) == span.of(text).strip() for span in spans)
    covered = {at for span in spans for at in range(span.start, span.end)}
    assert covered >= {at for at, letter in enumerate(text) if not letter.isspace()}
    assert not any("\n" in span.of(text) for span in spans)


def test_a_very_long_line_takes_time_in_proportion_to_its_length() -> None:
    assert len(sentences("جملة قصيرة جدا. " * 60_000)) == 60_000  # a pass over the line for each sentence: minutes


@given(st.one_of(texts, st.text(st.sampled_from("اأإآٱبتةهىيءئؤوـًّْٰ ،.\n1٢3,٬_٫aZé%«»…پ\u0300\u0653"), max_size=40)))
def test_the_words_of_the_pieces_of_a_text_are_its_words(text: str) -> None:
    assert [word for piece in pieces_of(text) for word in words(piece)] == words(text)


@given(st.one_of(texts, st.text(st.sampled_from("ابée\u0301 \t\r\n\u200f\ufe0f\u034f\u00a0\u3000"), max_size=20)))
def test_a_line_told_to_be_clean_is_what_cleaning_makes_of_it(text: str) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(arabic, "_is_clean", lambda _: False)
        cleaned = clean(text)
    assert clean(text) == cleaned
