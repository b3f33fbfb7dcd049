from __future__ import annotations

from contextlib import suppress
from datetime import date
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from retrieval.errors import RecordBroken, SourceBinary, SourceError
from retrieval.sources import SourceFile, read_file, record_count, source_files
from retrieval.sources.article import Draft
from retrieval.sources.faults import TableWithoutText
from retrieval.sources.tables import read_table
from retrieval.types import Article, Failure

TEXT = "أعلنت وزارة النقل افتتاح الخط الثالث للمترو، وقال الوزير إن العمل فيه انتهى."
ROW = f'افتتاح المترو,"{TEXT}\nوأضاف ""أن"" الثمن لن يتغير.",2026-03-01,صدى اليوم,https://sada.example/7,منى خليل\n'
HEADER = "العنوان,النص,التاريخ,المصدر,الرابط,الكاتب\n"


def table(folder: Path, text: str | bytes, name: str = "news.csv", encoding: str = "utf-8") -> Path:
    path = folder / name
    path.write_bytes(text.encode(encoding) if isinstance(text, str) else text)
    return path


def drafts(path: Path) -> list[Draft]:
    return [draft for _, draft in read_table(path) if isinstance(draft, Draft)]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1256", "utf-16", "utf-16-le"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_a_row_is_an_article_in_any_encoding_with_any_delimiter(tmp_path: Path, encoding: str, delimiter: str) -> None:
    [draft] = drafts(table(tmp_path, (HEADER + ROW).replace(",", delimiter), encoding=encoding))
    assert draft.title == "افتتاح المترو"
    assert draft.paragraphs == (TEXT, 'وأضاف "أن" الثمن لن يتغير.')
    assert (draft.published, draft.outlet, draft.url) == (date(2026, 3, 1), "صدى اليوم", "https://sada.example/7")
    assert draft.author == "منى خليل"


@pytest.mark.parametrize(
    "header",
    [
        "Headline,Content,Publish_Date,Publisher,URL,Byline",
        "title,BODY,pubDate,source,link,author",
        "عنوان الخبر,نص الخبر,تاريخ النشر,الصحيفة,رابط,كاتب المقال",
        "العُنوان,النَّصّ,التأريخ,المصدر,الرابط,الكاتب",
    ],
)
def test_columns_are_known_by_names_in_both_languages(tmp_path: Path, header: str) -> None:
    [draft] = drafts(table(tmp_path, f"{header}\n{ROW}"))
    assert (draft.title, draft.paragraphs[0], draft.author) == ("افتتاح المترو", TEXT, "منى خليل")


def test_the_plainest_name_wins_and_other_columns_are_passed_over(tmp_path: Path) -> None:
    [draft] = drafts(table(tmp_path, f"الخبر,رأي القارئ,text,id,updated\nموجز,جيد,{TEXT},n-7,2026-03-02\n"))
    assert (draft.paragraphs, draft.id, draft.modified) == ((TEXT,), "n-7", date(2026, 3, 2))


def test_faults_are_named_by_the_line_on_which_their_row_begins(tmp_path: Path) -> None:
    path = table(tmp_path, HEADER + ROW + "عنوان وحده\n\n" + ROW)
    found = list(read_file(SourceFile(path)))
    assert [type(each) for each in found] == [Article, Failure, Article]
    fault = found[1]
    assert isinstance(fault, Failure)
    assert (fault.line, fault.error.values["problem"]) == (4, "no text")


def test_a_row_that_is_not_utf8_costs_itself_alone(tmp_path: Path) -> None:
    broken = f"خبر,{TEXT}".encode() + b"\xff\xd9,,,,\n"
    rows = [draft for _, draft in read_table(table(tmp_path, (HEADER + ROW).encode() * 1 + broken + ROW.encode()))]
    assert [isinstance(row, RecordBroken) for row in rows] == [False, True, False]


def test_a_table_without_a_text_column_names_those_it_has(tmp_path: Path) -> None:
    [fault] = read_file(SourceFile(table(tmp_path, "العنوان,التاريخ\nخبر,2026-01-01\n")))
    assert isinstance(fault, Failure)
    assert isinstance(fault.error, TableWithoutText)
    assert fault.error.values["columns"] == "العنوان، التاريخ"


def test_a_line_that_says_the_delimiter_is_no_header(tmp_path: Path) -> None:
    [draft] = drafts(table(tmp_path, f"sep=|\ntitle|text\nخبر، أو أكثر; وبعد|{TEXT}\n"))
    assert draft.title == "خبر، أو أكثر; وبعد"


def test_quotation_marks_in_a_table_of_tabs_may_be_text(tmp_path: Path) -> None:
    path = table(tmp_path, f'title\ttext\n"حصري" خبر\t{TEXT}\n"نصف قول\t{TEXT}\nثالث\t{TEXT}\n', name="news.tsv")
    assert [draft.title for draft in drafts(path)] == ['"حصري" خبر', '"نصف قول', "ثالث"]


def test_fields_may_be_longer_than_python_allows_by_itself(tmp_path: Path) -> None:
    long = " ".join([TEXT] * 3000)
    assert len(long) > 200_000
    assert drafts(table(tmp_path, f"text\n{long}\n"))[0].paragraphs == (long,)


def test_rows_are_read_one_at_a_time_and_counted_by_lines(tmp_path: Path) -> None:
    path = table(tmp_path, HEADER + ROW * 500)
    first = next(read_table(path))
    assert first[0] == 2
    assert record_count(SourceFile(path)) == 1001


def test_a_header_alone_is_an_empty_source(tmp_path: Path) -> None:
    [fault] = read_file(SourceFile(table(tmp_path, HEADER)))
    assert isinstance(fault, Failure)
    assert fault.error.code == "source_empty"


def test_judgements_of_an_evaluation_in_a_folder_are_passed_over(tmp_path: Path) -> None:
    table(tmp_path, "query-id\tcorpus-id\tscore\nq1\td1\t1\n", name="test.tsv")
    news = table(tmp_path, HEADER + ROW)
    files = source_files([tmp_path]).files
    assert [file.path for file in files] == [news]


def test_a_workbook_renamed_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SourceBinary):
        list(read_table(table(tmp_path, b"PK\x03\x04" + bytes(range(200)))))


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.binary(max_size=300))
def test_no_bytes_raise_anything_but_a_fault(tmp_path: Path, data: bytes) -> None:
    for whole in (data, HEADER.encode() + data, (HEADER + ROW).encode() + data):
        path = table(tmp_path, whole)
        with suppress(SourceError):
            for line, row in read_table(path):
                assert line > 0
                assert isinstance(row, Draft | RecordBroken)
