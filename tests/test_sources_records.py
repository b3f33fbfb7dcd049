"""JSON Lines and JSON: a broken record is named, the others go in."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest

from retrieval.errors import RecordBroken, SourceEmpty, SourceEncoding
from retrieval.sources import SourceFile, read, read_file
from retrieval.types import Article, Failure
from tests.dump_reading import captions


def read_one(path: Path, text: str | bytes) -> list[Article | Failure]:
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return list(read([path]))


def article(path: Path, text: str | bytes) -> Article:
    (found,) = read_one(path, text)
    assert isinstance(found, Article), found
    return found


def lines(*records: object) -> str:
    return "".join(
        f"{record if isinstance(record, str) else json.dumps(record, ensure_ascii=False)}\n" for record in records
    )


def test_a_broken_line_is_named_and_the_others_go_in(tmp_path: Path) -> None:
    path = tmp_path / "news.jsonl"
    found = read_one(
        path,
        lines(
            {"id": "a", "title": "أول", "text": "نص أول."},
            '{"id": "b", "text": "نص',
            "",
            ["ليس", "سجلاً"],
            {"id": "c", "title": "بلا نص"},
            {"id": "d", "text": 7},
            {"id": "e", "text": " \u200f \n"},
            {"id": "f", "title": "أخير", "text": "نص أخير."},
        ),
    )
    assert [
        item.source.article_id if isinstance(item, Article) else (item.line, item.error.values["problem"])
        for item in found
    ] == [
        "a",
        (2, "not valid JSON"),
        (4, "not an object"),
        (5, "no text"),
        (6, "text is not a string"),
        (7, "no text"),
        "f",
    ]
    failure = found[1]
    assert isinstance(failure, Failure)
    assert isinstance(failure.error, RecordBroken)
    assert failure.origin == failure.error.values["path"] == str(path)
    assert failure.error.values["line"] == "2"


def test_the_fields_of_a_record(tmp_path: Path) -> None:
    found = article(
        tmp_path / "news.ndjson",
        lines(
            {
                "_id": "خبر#1\t2",
                "headline": "عنوان\nعلى سطرين",
                "subtitle": "عنوان فرعي",
                "body": "فقرة أولى.\nفقرة ثانية.\n\nفقرة ثالثة SURROGATEتامة.",
                "link": "https://example.org/1",
                "publisher": "المرفأ",
                "pubDate": "Sat, 09 Mar 2024 10:00:00 GMT",
                "captions": ["قوارب (رويترز)", "قوارب  (رويترز)", 3, ""],
            }
        ).replace("SURROGATE", "\\ud800"),
    )
    assert found.source.article_id == "خبر-1-2"
    assert found.source.title == "عنوان على سطرين"
    assert (found.source.url, found.source.outlet) == ("https://example.org/1", "المرفأ")
    assert found.source.published == date(2024, 3, 9)
    assert found.body == "عنوان فرعي\n\nفقرة أولى.\n\nفقرة ثانية.\n\nفقرة ثالثة تامة.\n\nقوارب (رويترز)"
    assert found.subtitle is not None
    assert found.subtitle.of(found.body) == "عنوان فرعي"
    assert captions(found) == ["قوارب (رويترز)"]


@pytest.mark.parametrize(
    ("value", "day"),
    [
        ("2024-03-09", date(2024, 3, 9)),
        ("2024-03-09T23:59:00+03:00", date(2024, 3, 9)),
        ("2024/03/09", date(2024, 3, 9)),
        ("2024/3/9", date(2024, 3, 9)),
        ("٩ آذار ٢٠٢٤", date(2024, 3, 9)),
        ("2024-13-40", None),
        ("أمس", None),
        ("", None),
        (None, None),
        (1709942400, date(2024, 3, 9)),
        ([], None),
    ],
)
def test_the_date_of_a_record(tmp_path: Path, value: object, day: date | None) -> None:
    assert article(tmp_path / "news.jsonl", lines({"text": "نص.", "published": value})).source.published == day


def test_text_of_a_record_is_not_searched_for_page_furniture(tmp_path: Path) -> None:
    found = article(tmp_path / "news.jsonl", lines({"title": "عنوان", "text": "مشاركة\nعنوان\nعنوان\nنص (رويترز)"}))
    assert found.body.split("\n\n") == ["مشاركة", "عنوان", "عنوان", "نص (رويترز)"]


def test_ids_are_given_once_in_a_file(tmp_path: Path) -> None:
    records = [
        {"id": "a", "text": "١."},
        {"id": "a", "text": "٢."},
        {"title": "عنوان", "text": "٣."},
        {"title": "عُنوان", "text": "٤."},
    ]
    found = read_one(
        tmp_path / "News 7.jsonl", lines(*records, {"id": "ط" * 300, "text": "٥."}, {"id": 12, "text": "٦."})
    )
    ids = [item.source.article_id for item in found if isinstance(item, Article)]
    assert ids[:2] == ["a", "a-2"]
    assert ids[2].startswith("news-7-")
    assert ids[3] == f"{ids[2]}-2"
    assert ids[4:] == ["ط" * 120, "12"]


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "cp1256"])
def test_lines_in_other_encodings(tmp_path: Path, encoding: str) -> None:
    text = lines({"title": "نتائج القمة", "text": "انتهت القمة في القاهرة إلى اتفاق على التعاون بين الدول."}) * 3
    found = read_one(tmp_path / "news.jsonl", text.replace("\n", "\r\n").encode(encoding))
    assert [item.source.title for item in found if isinstance(item, Article)] == ["نتائج القمة"] * 3


def test_a_line_that_is_not_utf8_is_a_broken_record(tmp_path: Path) -> None:
    good = lines({"title": "نتائج القمة", "text": "انتهت القمة في القاهرة إلى اتفاق."}).encode()
    first, broken, last = read_one(tmp_path / "news.jsonl", good + b'{"text": "\xff\xfe"}\n' + good)
    assert isinstance(first, Article)
    assert isinstance(last, Article)
    assert isinstance(broken, Failure)
    assert (broken.line, broken.error.values["problem"]) == (2, "not valid UTF-8")


@pytest.mark.parametrize("value", ["[" * 100_000, "9" * 10_000, '{"text": ' * 50_000])
def test_a_line_that_no_parser_takes_is_a_broken_record(tmp_path: Path, value: str) -> None:
    broken, good = read_one(tmp_path / "news.jsonl", value + "\n" + lines({"text": "نص."}))
    assert isinstance(broken, Failure)
    assert isinstance(broken.error, RecordBroken)
    assert isinstance(good, Article)


def test_a_very_long_line_is_read(tmp_path: Path) -> None:
    text = "جملة قصيرة عن الميناء. " * 100_000
    assert len(article(tmp_path / "news.jsonl", lines({"title": "طويل", "text": text})).body) == len(text) - 1


def test_a_json_array(tmp_path: Path) -> None:
    text = '[\n {"id": "a", "text": "أول."},\n 7,\n {"id": "b", "text": "ثانٍ."}\n]\n'
    first, broken, second = read_one(tmp_path / "news.json", text)
    assert isinstance(first, Article)
    assert isinstance(second, Article)
    assert (first.source.article_id, second.source.article_id) == ("a", "b")
    assert isinstance(broken, Failure)
    assert (broken.line, broken.error.values["problem"]) == (3, "not an object")


def test_a_json_object(tmp_path: Path) -> None:
    assert article(tmp_path / "news.json", '\ufeff{"title": "عنوان",\n "content": "نص."}').body == "نص."


@pytest.mark.parametrize(
    ("text", "line", "articles"),
    [
        ('[{"text": "أول."},\n {"text": "ثان."]', 2, 1),
        ('[{"text": "أول."}\n {"text": "ثان."}]', 2, 1),
        ('[{"text": "أول."}', 1, 1),
        ('[{"text": "أول."}] تتمة', 1, 1),
        ('{"text": "أول."}\n{"text": "ثان."}', 2, 1),
        ("ليس سجلاً", 1, 0),
    ],
)
def test_the_line_of_an_error_in_json(tmp_path: Path, text: str, line: int, articles: int) -> None:
    *good, broken = read_one(tmp_path / "news.json", text)
    assert len(good) == articles
    assert isinstance(broken, Failure)
    assert (broken.line, broken.error.values["problem"]) == (line, "not valid JSON")


@pytest.mark.parametrize(
    ("name", "data", "error"),
    [
        ("a.jsonl", b"", SourceEmpty),
        ("a.jsonl", b"\n \n", SourceEmpty),
        ("a.json", b"[]", SourceEmpty),
        ("a.json", b" ", SourceEmpty),
        ("a.md", b"---\ntitle: x\n---", None),
        ("a.md", b"\n\n***\n", SourceEmpty),
        ("a.jsonl", '{"text": "été à Genève, déjà répété"}'.encode("latin-1"), SourceEncoding),
    ],
)
def test_files_without_an_article(tmp_path: Path, name: str, data: bytes, error: type | None) -> None:
    (found,) = read_one(tmp_path / name, data)
    if error is None:
        assert isinstance(found, Article)
    else:
        assert isinstance(found, Failure)
        assert type(found.error) is error


def test_the_author_and_the_day_of_change_of_a_record(tmp_path: Path) -> None:
    record = {"text": "نص الخبر كامل.", "author": "منى خليل", "modified": "2026-03-02T10:00:00Z"}
    (tmp_path / "news.json").write_text(json.dumps(record))
    (tmp_path / "news.md").write_text("---\nauthor: منى خليل\nupdated: 2026-03-02\n---\nنص الخبر كامل.\n")
    for found in read([tmp_path]):
        assert isinstance(found, Article)
        assert (found.source.author, found.source.modified) == ("منى خليل", date(2026, 3, 2))


# ---------------------------------------------------------------------------------------------- exports


@pytest.mark.parametrize(
    ("written", "days"),
    [
        (["05/03/2024", "13/03/2024"], ["2024-03-05", "2024-03-13"]),
        (["05/03/2024", "03/25/2024 14:00"], ["2024-05-03", "2024-03-25"]),
        (["05/03/2024", "25/03/2024", "03/25/2024"], ["2024-03-05", "2024-03-25", "2024-03-25"]),
        (["٥/٣/٢٠٢٤", "13.03.24", "1-1-99"], ["2024-03-05", "2024-03-13", "1999-01-01"]),
        (["45356", "45356.75", "12345", "99999"], ["2024-03-05", "2024-03-05", "None", "None"]),
        (["1709596800", "1709596800000", "20240305143000"], ["2024-03-05"] * 3),
        (["15 رمضان 1445", "15/9/1445", "6 شعبان 1445هـ"], ["2024-03-25", "2024-03-25", "2024-02-16"]),
        (["Tue, 05 Mar 2024 23:30:00 +0300", "السبت 9 آذار 2024", "31/02/2024"], ["2024-03-05", "2024-03-09", "None"]),
    ],
    ids=["day first", "month first", "both", "short", "serial", "epoch", "hijri", "written"],
)  # fmt: skip
def test_dates_as_programs_export_them(tmp_path: Path, written: list[str], days: list[str]) -> None:
    file = tmp_path / "a.csv"
    file.write_text("النص,التاريخ\n" + "".join(f'نص {n}.,"{day}"\n' for n, day in enumerate(written)), encoding="utf-8")
    found = [article for article in read_file(SourceFile(file)) if isinstance(article, Article)]
    assert [str(article.source.published) for article in found] == days


def test_a_day_that_may_be_a_month_is_inferred_where_no_other_row_tells(tmp_path: Path) -> None:
    one = article(tmp_path / "a.jsonl", lines({"text": "نص.", "date": "05/03/2024"}))
    assert (one.source.published, one.source.dated_by) == (date(2024, 3, 5), ("05/03/2024",))
    rows = lines(*({"text": "نص.", "date": f"{day:02}/03/2024"} for day in (5, 25)))
    path = tmp_path / "b.jsonl"
    path.write_text(rows, encoding="utf-8")
    assert [one.source.dated_by for one in read_file(SourceFile(path)) if isinstance(one, Article)] == [(), ()]


def test_markup_in_a_record_is_read_as_a_page_shows_it(tmp_path: Path) -> None:
    first, second = "قال الوزير إن «الجسر» يفتح غدا.", "وبلغت الكلفة 40 مليون ريال & أكثر."
    for number, text in enumerate([
        f"<p>{first}</p><p>{second.replace('&', '&amp;')}</p>",
        f"<p>{first}</p>\n\n<p>{second}</p><script>var x = 1</script>",
        f"&lt;p&gt;{first}&lt;/p&gt;&lt;p&gt;{second.replace('&', '&amp;amp;')}&lt;/p&gt;",
        f"{first.replace('الجسر', '<strong>الجسر</strong>')}\n\n{second}",
        f"{first.replace(' ', '&nbsp;')}\n{second.replace('&', '&amp;')}",
    ]):  # fmt: skip
        one = article(tmp_path / f"{number}.jsonl", lines({"title": "فتح <b>الجسر</b> &quot;غدا&quot;", "text": text}))
        assert (one.source.title, one.body) == ('فتح الجسر "غدا"', f"{first}\n\n{second}")
    plain = "بلغت الحرارة < 5 درجات، و > 2 ليلا، قال <المصدر>."
    assert article(tmp_path / "plain.jsonl", lines({"text": plain})).body == plain


def test_values_as_document_stores_export_them(tmp_path: Path) -> None:
    record = {
        "_id": {"$oid": "65e6"},
        "date": {"$date": "2024-03-05T10:00:00Z"},
        "text": "نص الخبر.",
        "source": {"id": 1, "name": "المرفأ"},
    }
    source = article(tmp_path / "a.jsonl", lines(record)).source
    assert (source.article_id, source.published, source.outlet) == ("65e6", date(2024, 3, 5), "المرفأ")


def test_names_of_fields_in_arabic(tmp_path: Path) -> None:
    record = {"العنوان": "فتح الجسر", "نص الخبر": "نص الخبر كله.", "تاريخ النشر": "٥ آذار ٢٠٢٤", "الكاتب": "منى خليل"}
    one = article(tmp_path / "a.jsonl", lines(record))
    assert (one.source.title, one.body, one.source.author) == ("فتح الجسر", "نص الخبر كله.", "منى خليل")
    assert one.source.published == date(2024, 3, 5)


def test_names_of_fields_as_programs_have_them(tmp_path: Path) -> None:
    record = {
        "headline": "عنوان", "articleBody": "نص الخبر.", "publisher": {"@type": "Organization", "name": "المرفأ"},
        "authors": ["منى خليل", {"name": "سامي عيد"}], "published_date": "2024-03-05T10:00:00Z",
    }  # fmt: skip
    source = article(tmp_path / "a.jsonl", lines(record)).source
    assert (source.title, source.outlet, source.author) == ("عنوان", "المرفأ", "منى خليل، سامي عيد")
    assert source.published == date(2024, 3, 5)


@pytest.mark.parametrize(
    "front",
    [
        "---\ntitle: فتح الجسر\ndate: 2024-03-05\nauthors:\n  - منى خليل\n  - سامي عيد\n---",
        '+++\ntitle = "فتح الجسر"\ndate = 2024-03-05\nauthor = ["منى خليل", "سامي عيد"]\n+++',
        "---\nالعنوان: فتح الجسر\nتاريخ النشر: 5 آذار 2024\nبقلم: منى خليل، سامي عيد\n---",
    ],
    ids=["yaml", "toml", "arabic"],
)
def test_front_matter_in_its_ways(tmp_path: Path, front: str) -> None:
    text = f"{front}\n\nأعلنت الوزارة فتح الجسر أمام المركبات.\n\nاقرأ أيضا: [الميناء يستقبل أول سفينة](https://a.example/2)\n"
    one = article(tmp_path / "a.md", text)
    assert (one.source.title, one.source.author) == ("فتح الجسر", "منى خليل، سامي عيد")
    assert (one.source.published, one.body) == (date(2024, 3, 5), "أعلنت الوزارة فتح الجسر أمام المركبات.")
