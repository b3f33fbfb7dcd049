"""Bytes to text: recognised or refused, never a wrong guess."""

from __future__ import annotations

import codecs
from pathlib import Path

import pytest

from retrieval.errors import SourceBinary, SourceDamaged, SourceEncoding
from retrieval.sources.decoding import decode, encoding_of

PATH = Path("/news/page.txt")
TEXT = (
    "اشتباك حدودي يضرب مساعي السلام\r\n\r\nتبادلت العاصمتان، اليوم الثلاثاء، اتهامات على خلفية تدهور أمني في المنطقة"
    " الحدودية، بعد أن كادت اشتباكات متقطعة تؤدي إلى انهيار اتفاق وقف النار الموقع بين الطرفين عام 2020.\r\n"
)
FRENCH = "L'été dernier, à Genève, les négociateurs français ont élaboré un accord: « c'est déjà ça », a-t-on répété. ÉLYSÉE."
RUSSIAN = "Министр иностранных дел заявил во вторник, что переговоры о мире продолжатся в столице на следующей неделе."
GERMAN = "Die Außenminister der größten Länder trafen sich für Gespräche über die künftige Führung der Behörde."
TURKISH = "Dışişleri bakanı, görüşmelerin önümüzdeki hafta başkentte süreceğini söyledi."
CHINESE = "外交部长星期二表示和平谈判将于下周在首都继续举行记者报道"
GREEK = "Ο υπουργός Εξωτερικών δήλωσε την Τρίτη ότι οι συνομιλίες θα συνεχιστούν στην πρωτεύουσα."
HEBREW = "שר החוץ אמר ביום שלישי כי שיחות השלום יימשכו בבירה בשבוע הבא"


@pytest.mark.parametrize(
    "encoding",
    ["utf-8", "utf-8-sig", "cp1256", "iso8859-6", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-le"],
)
def test_arabic_is_read_in_every_usual_encoding(encoding: str) -> None:
    text = TEXT if encoding != "iso8859-6" else TEXT.replace("،", ",")
    assert decode(text.encode(encoding), PATH) == text


def test_quotation_marks_of_windows_are_read() -> None:
    text = "قال الوزير إن «القرار نهائي» – ولا عودة عنه… في المدى القريب على الأقل، كما ذكرت الصحيفة."
    assert decode(text.encode("cp1256"), PATH) == text


def test_a_headline_is_enough_to_know_windows_1256() -> None:
    text = "نتائج القمة العربية في القاهرة"
    assert decode(text.encode("cp1256"), PATH) == text


@pytest.mark.parametrize(
    "text",
    [
        "افتتح الوزير الجسر الجديد في المدينة.\nوقال إن المشروع اكتمل قبل موعده.",
        "عاد ثلاثة جنود من كاراباخ",
        "زار وزير مدينة حلب،\r\nوقال: «سنعود».\r\n",
    ],
)
def test_a_short_text_of_windows_1256_needs_one_common_word(text: str) -> None:
    assert decode(text.encode("cp1256"), PATH) == text


@pytest.mark.parametrize("text", ["زار وزير حلب", "زار وزير من حلب é", "ةزاىر من حلبى ئزور", "من"])
def test_a_short_text_that_may_be_anything_is_refused(text: str) -> None:
    with pytest.raises(SourceEncoding):
        decode(text.encode("cp1256"), PATH)


@pytest.mark.parametrize("encoding", ["cp1251", "koi8-r", "iso8859-5", "cp866"])
@pytest.mark.parametrize("size", [1, 2, 3, 5, 8])
def test_a_few_words_of_russian_are_not_taken_for_arabic(encoding: str, size: int) -> None:
    found = RUSSIAN.split()
    for start in range(len(found)):
        for text in (part := " ".join(found[start : start + size]), part.upper()):
            with pytest.raises(SourceEncoding):
                decode(text.encode(encoding), PATH)


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        (FRENCH, "latin-1"),
        (FRENCH, "cp1252"),
        (FRENCH.upper(), "cp1252"),
        (GERMAN, "cp1252"),
        (TURKISH, "cp1254"),
        (RUSSIAN, "cp1251"),
        (RUSSIAN, "koi8-r"),
        (RUSSIAN, "iso8859-5"),
        (CHINESE, "gb18030"),
        (CHINESE, "big5"),
        (GREEK, "cp1253"),
        (HEBREW, "cp1255"),
        (TEXT, "cp720"),
        ("é", "latin-1"),
    ],
)
def test_other_encodings_are_refused_rather_than_misread(text: str, encoding: str) -> None:
    with pytest.raises(SourceEncoding) as refused:
        decode(text.encode(encoding, "replace"), PATH)
    assert refused.value.values == {"path": str(PATH)}


@pytest.mark.parametrize("text", ["plain ASCII text", FRENCH, RUSSIAN, "", "خبر"])
def test_utf8_of_any_language_is_read(text: str) -> None:
    assert decode(text.encode(), PATH) == text


@pytest.mark.parametrize("cut", [-1, 20, 21, 200])
def test_broken_utf8_is_refused(cut: int) -> None:
    data = TEXT.strip(" .\r\n0123456789").encode()
    broken = data[:-1] if cut < 0 else data[:cut] + b"\xff" + data[cut:]
    with pytest.raises(SourceDamaged):
        decode(broken, PATH)


def test_the_line_of_the_first_damaged_byte_is_named() -> None:
    lines = TEXT.strip().encode() + "\nالسطر الثاني سليم\nوفي الثالث ".encode() + b"\xe9" + " بايت تالف\n".encode()
    with pytest.raises(SourceDamaged) as refused:
        decode(lines, PATH)
    first = TEXT.strip().count("\n") + 3
    assert (refused.value.values["line"], refused.value.values["byte"]) == (str(first), "0xE9")


def test_a_beginning_may_end_inside_a_character() -> None:
    data = TEXT.encode()
    assert {encoding_of(data[:size], PATH, beginning_only=True) for size in range(40, 80)} == {"utf-8"}


@pytest.mark.parametrize(
    "data",
    [
        bytes(range(256)) * 8,
        b"\x89PNG\r\n\x1a\n" + bytes(64),
        b"%PDF-1.7\n%plain enough",
        b"PK\x03\x04" + bytes(30),
        b"\x7fELF" + bytes(60),
        b"\x01\x02\x03\x04\x05\x06" * 10,
        b"\x00" * 100,
        "نص قصير".encode() + b"\x00\x01\x02" * 50,
    ],
)
def test_what_is_not_text_is_refused(data: bytes) -> None:
    with pytest.raises(SourceBinary):
        decode(data, PATH)


def test_a_mark_that_lies_is_refused() -> None:
    with pytest.raises(SourceEncoding):
        decode(codecs.BOM_UTF8 + TEXT.encode("cp1256"), PATH)
    with pytest.raises(SourceEncoding):
        decode(codecs.BOM_UTF16_LE + TEXT.encode("utf-16-le")[:-1], PATH)
