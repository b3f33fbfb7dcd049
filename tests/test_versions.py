from __future__ import annotations

import asyncio
import io
import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from bot.also import version_notes
from bot.messages import Messages
from bot.render import Page, answer_object, answer_text
from bot.repl import Chat
from bot.telegram import kept_answers, replies
from retrieval.assistant import Assistant
from retrieval.hashing import BundledEmbedder
from retrieval.index import Index
from retrieval.near_copies import Reading, compare
from retrieval.succession import Dated, is_successor
from retrieval.types import Citation, Passage, Source, Version

LEAD = "أعلنت بلدية صحار افتتاح الجسر الجديد فوق الوادي بعد عامين من العمل، بكلفة بلغت 40 مليون ريال."
REST = """وقال مدير المشروع إن الجسر يخدم نحو 12 ألف مركبة في اليوم ويختصر الطريق بين الحيين إلى خمس دقائق.
ويضم الجسر ممرين للمشاة وإنارة تعمل بالطاقة الشمسية ومواقف للحافلات عند طرفيه قرب السوق القديم.
ورحب تجار السوق بالافتتاح وقالوا إنهم ينتظرون عودة الزبائن الذين غابوا طوال مدة الأشغال.
وأضاف المدير أن المرحلة التالية تشمل تشجير الضفتين وبناء ممشى طويل يصل الجسر بالحديقة العامة في المدينة."""
OLD = f"{LEAD}\n{REST}"
NEW = OLD.replace("40 مليون", "45 مليون")
ANOTHER = OLD.replace("40", "55").replace("12", "15").replace("خمس", "تسع").replace("ممرين", "أربعة ممرات")
TITLE = "افتتاح جسر صحار الجديد"
QUESTION = "كم بلغت كلفة الجسر الجديد في صحار؟"


def record(article_id: str, text: str, **values: str) -> dict[str, str]:
    return {"id": article_id, "title": TITLE, "date": "2026-11-12", "source": "المرفأ", **values, "text": text}


@pytest.fixture
def index(tmp_path: Path) -> Iterator[Index]:
    index = Index(tmp_path / "data", BundledEmbedder())
    yield index
    index.close()


def ingest(index: Index, *records: dict[str, str]) -> None:
    file = index.data_dir.parent / "a.jsonl"
    file.write_text("".join(json.dumps(one, ensure_ascii=False) + "\n" for one in records), encoding="utf-8")
    assert not index.ingest([file]).failures


def superseded(index: Index) -> dict[str, str | None]:
    return {source.article_id: source.superseded_by for source in index.articles()}


def found(index: Index, question: str = QUESTION) -> list[str]:
    return [hit.passage.source.article_id for hit in index.retrieve(question, 5)]


# ---------------------------------------------------------------------------------------------- under one id


def test_an_earlier_text_is_kept_and_not_searched(index: Index) -> None:
    ingest(index, record("a", OLD))
    ingest(index, record("a", NEW, date="2026-11-13"))
    ingest(index, record("a", f"{NEW}\nوالجسر مضاء كله.", date="2026-11-14"))
    assert [(version.number, version.body) for version in index.versions("a")] == [
        (1, index.article("a").body.replace("45 مليون", "40 مليون").replace("\n\nوالجسر مضاء كله.", "")),
        (2, index.article("a").body.replace("\n\nوالجسر مضاء كله.", "")),
    ]
    assert [str(version.published) for version in index.versions("a")] == ["2026-11-12", "2026-11-13"]
    assert all("40 مليون" not in hit.passage.text for hit in index.retrieve("كلفة 40 مليون ريال", 5))


def test_only_another_text_makes_a_version(index: Index) -> None:
    ingest(index, record("a", OLD))
    ingest(index, record("a", OLD))
    ingest(index, record("a", OLD, source="صحيفة أخرى"))
    index.reindex()
    assert index.versions("a") == index.versions("unknown") == index.versions("\ud800") == []
    ingest(index, record("a", OLD, title="عنوان آخر"))
    assert [version.title for version in index.versions("a")] == [TITLE]


def test_versions_outlive_a_rebuild_and_go_with_their_article(index: Index) -> None:
    ingest(index, record("a", OLD), record("b", "خبر آخر لا صلة له بما سبق."))
    ingest(index, record("a", NEW), record("b", "خبر آخر لا صلة له بما سبق."))
    index.reindex()
    assert len(index.versions("a")) == 1
    ingest(index, record("b", "خبر آخر لا صلة له بما سبق."))
    assert index.versions("a") == []


def test_a_text_that_could_not_be_stored_makes_no_version(index: Index, monkeypatch: pytest.MonkeyPatch) -> None:
    ingest(index, record("a", OLD))

    def broken(*_: object) -> None:
        raise OSError("interrupted")

    with monkeypatch.context() as patch:
        patch.setattr("retrieval.clusters.settle", broken)
        with pytest.raises(Exception, match="interrupted"):
            ingest(index, record("a", NEW))
    assert index.versions("a") == [] and "40 مليون" in index.article("a").body
    ingest(index, record("a", NEW))
    assert len(index.versions("a")) == 1


# ---------------------------------------------------------------------------------------------- under another id


@pytest.mark.parametrize(
    "newer",
    [
        record("b", NEW, url="https://a.example/1", title="عنوان مختلف تماما", source="صحيفة"),
        record("b", NEW, date="2026-11-13"),
        record("b", NEW, title=f"تصحيح: {TITLE}", source="صحيفة"),
        record("b", f"{NEW}\n{LEAD.replace('40', '90')}", title="جسر صحار (محدث)", date="2026-11-14"),
    ],
    ids=["address", "title and day", "says that it corrects", "says that it is brought up to date"],
)
def test_the_later_version_of_a_story_is_preferred(index: Index, newer: dict[str, str]) -> None:
    ingest(index, record("a", OLD, url="https://a.example/1"), newer)
    assert superseded(index) == {"a": "b", "b": None}
    assert set(found(index)) == {"b"}
    answer = Assistant(index).ask(QUESTION)
    assert {citation.passage.source.article_id for citation in answer.citations} == {"b"}


@pytest.mark.parametrize(
    "other",
    [
        record("b", NEW),
        record("b", NEW, title="السوق القديم يستعد للعيد", date="2026-11-13"),
        record("b", NEW, date="2026-12-30"),
        record("b", NEW, source="صحيفة أخرى", date="2026-11-13"),
        record("b", OLD, date="2026-11-13"),
        record("b", ANOTHER, date="2026-11-13"),
        record("b", OLD.replace("صحار", "نزوى"), date="2026-11-13"),
        record("b", "نص لا صلة له بالجسر ولا بالمدينة ولا بما كتب عنهما من قبل في الصحف.", url="https://a.example/1"),
    ],
    ids=["same day", "another title", "too late", "another outlet", "a copy", "written to a form", "of another place", "front page"],
)  # fmt: skip
def test_what_is_not_a_later_version(index: Index, other: dict[str, str]) -> None:
    ingest(index, record("a", OLD, url="https://a.example/1"), other)
    assert superseded(index) == {"a": None, "b": None}


def rate(day: int, pounds: int, title: str) -> dict[str, str]:
    text = f"""سجل سعر صرف الدولار في السوق الموازية في المدينة {pounds} ليرة للشراء بحسب ما أفاد به صرافون في شارع المصارف.
وقال صرافون إن الطلب على العملة الصعبة ازداد في الأسابيع الأخيرة مع اقتراب موسم السفر وقدوم المغتربين لقضاء الأعياد بين ذويهم.
وأوضح خبير اقتصادي أن السوق تترقب قرارات المصرف المركزي بشأن التعميم الجديد الذي ينظم عمل الصرافين ومنصات التداول."""
    return record(f"d{day}", text, title=title, date=f"2026-03-{day:02}")


def test_the_figure_of_each_day_stays(index: Index) -> None:
    ingest(index, *(rate(day, 89_000 + 100 * day, "سعر الدولار اليوم") for day in (4, 5, 6)))
    assert superseded(index) == {"d4": None, "d5": None, "d6": None}


def test_who_asks_about_a_day_gets_the_version_of_that_day(index: Index) -> None:
    ingest(index, *(rate(day, 89_000 + 100 * day, "سعر الدولار في السوق الموازية") for day in (4, 5, 6)))
    assert superseded(index) == {"d4": "d5", "d5": "d6", "d6": None}
    answer = Assistant(index).ask("كم بلغ سعر صرف الدولار في السوق الموازية في 5 مارس 2026؟")
    assert [citation.passage.source.article_id for citation in answer.citations] == ["d5"]
    assert found(index, "كم سعر صرف الدولار في السوق الموازية؟") == ["d6"]


def test_the_order_of_arrival_does_not_matter(index: Index) -> None:
    ingest(index, record("b", NEW, date="2026-11-13"), record("a", OLD))
    assert superseded(index) == {"a": "b", "b": None}


def test_copies_that_say_what_was_corrected_are_superseded_too(index: Index) -> None:
    copies = [
        record("copy", f"{OLD}\nالمصدر: المرفأ", source="البرق", title="صحار تفتح جسرها"),
        record("short", "\n".join(REST.split("\n")[1:]), source="مرايا"),
    ]
    ingest(index, *copies, record("a", OLD), record("b", NEW, date="2026-11-13"))
    assert superseded(index) == {"a": "b", "b": None, "copy": "b", "short": None}
    assert set(found(index)) == {"b"}


def test_one_version_after_another(index: Index) -> None:
    third = NEW.replace("45 مليون", "47 مليون")
    versions = [record("a", OLD), record("b", NEW, date="2026-11-13"), record("c", third, date="2026-11-14")]
    ingest(index, *versions)
    assert superseded(index) == {"a": "b", "b": "c", "c": None}
    assert set(found(index)) == {"c"}
    index.reindex()
    assert superseded(index) == {"a": "b", "b": "c", "c": None}
    ingest(index, versions[0], versions[2])
    assert superseded(index) == {"a": "c", "c": None}
    ingest(index, versions[0])
    assert superseded(index) == {"a": None}


def test_what_only_the_older_one_says_is_found_and_marked(index: Index) -> None:
    own = "وكان السيل قد جرف الجسر الخشبي السابق قبل ستة أعوام وعزل قرية العوينات أسبوعا كاملا. " * 9
    page = "https://a.example/1"
    other = "هذا خبر عن موسم التمور في نزوى وعن أسعارها هذا العام."
    ingest(index, record("a", f"{OLD}\n{own}", url=page), record("b", NEW, url=page, date="2026-11-13", title="الجسر"),
           record("x", other, title="التمور"))  # fmt: skip
    assert superseded(index)["a"] == "b"
    assert found(index, "قرية العوينات")[0] == "a"
    answer = Assistant(index).ask("متى جرف السيل الجسر الخشبي وعزل قرية العوينات؟")
    assert {citation.passage.source.article_id for citation in answer.citations} == {"a"}
    assert '"superseded": "b"' in json.dumps(answer_object(answer))
    assert "صدرت نسخة أحدث" in answer_text(answer, Messages("ar"), Page())
    assert "Superseded by a later version" in replies.answer_text(answer, Messages("en")).text
    assert kept_answers.from_json(kept_answers.to_json(answer)).citations == answer.citations


def test_a_later_version_is_told_by_what_it_changes() -> None:
    likeness = compare(Reading(OLD), Reading(NEW))
    older = Dated(TITLE, None, None, "2026-11-12", 1)
    assert is_successor(Dated(TITLE, None, None, "2026-11-13", 2), older, likeness)
    assert not is_successor(older, Dated(TITLE, None, None, "2026-11-13", 2), likeness)
    assert not is_successor(Dated(TITLE, None, None, "2026-11-13", 2), older, compare(Reading(OLD), Reading(OLD)))
    assert not is_successor(Dated(TITLE, None, None, None, 2), older, likeness)


# ---------------------------------------------------------------------------------------------- shown


def test_an_opened_article_names_its_earlier_texts(index: Index) -> None:
    ingest(index, record("a", OLD))
    ingest(index, record("a", NEW, date="2026-11-13"))
    out, err = io.StringIO(), io.StringIO()
    chat = Chat(Assistant(index), index, Messages("ar"), page=Page(), out=out, err=err)
    with asyncio.Runner() as runner:
        chat.handle("/open 1", runner)
    assert out.getvalue().split("\n")[:3] == [TITLE, "المرفأ · 2026-11-13", "نسخة سابقة من 2026-11-12"]


def test_earlier_texts_are_named_by_their_last_change() -> None:
    versions = [
        Version(1, "ع", "ن", date(2026, 11, 12)),
        Version(2, "ع", "ن", date(2026, 11, 12), date(2026, 11, 14)),
        Version(3, "ع", "ن"),
    ]
    assert version_notes(versions, Messages("en")) == ["Earlier versions: 2026-11-12, 2026-11-14, an unknown date"]
    assert version_notes([], Messages("ar")) == []
    source = Source("a", "ع")
    citation = Citation(1, Passage("a#0", source, 0, "نص", 0, 2), "نص", 0, 2)
    assert "نسخة سابقة من 2026-11-12" in replies.source_text(citation, Messages("ar"), versions[:1]).text
