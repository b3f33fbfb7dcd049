from __future__ import annotations

import json
import random
import sqlite3
from collections.abc import Iterable, Iterator
from itertools import combinations
from pathlib import Path

import pytest

from bot.also import source_notes
from bot.messages import Messages
from bot.render import Page, answer_object, answer_text, hit_object
from bot.telegram import kept_answers, replies
from retrieval import clusters
from retrieval.assistant import Assistant
from retrieval.grounding import Grounding
from retrieval.hashing import BundledEmbedder
from retrieval.index import Index
from retrieval.near_copies import RUN, SHARED, SKETCH, Reading, compare, sketch
from retrieval.questions import analyse
from retrieval.types import Evidence, Source

DATA = Path(__file__).parent / "data" / "near_copies.jsonl"
PAIRS = [json.loads(line) for line in DATA.read_text(encoding="utf-8").splitlines()]

LEAD = "أعلنت بلدية صحار، الخميس، افتتاح الجسر الجديد فوق الوادي بعد عامين من العمل، بكلفة بلغت 40 مليون ريال."
TRAFFIC = "وقال مدير المشروع إن الجسر يخدم نحو 12 ألف مركبة في اليوم ويختصر الطريق بين الحيين إلى خمس دقائق."
LIGHTS = "ويضم الجسر ممرين للمشاة وإنارة تعمل بالطاقة الشمسية ومواقف للحافلات عند طرفيه قرب السوق القديم."
MARKET = "ورحب تجار السوق بالافتتاح وقالوا إنهم ينتظرون عودة الزبائن الذين غابوا طوال مدة الأشغال."
LOCAL = "وفي قرية العوينات احتفل طلاب المدرسة بمرور أول حافلة مدرسية على الجسر صباحا."
BODY = "\n".join([LEAD, TRAFFIC, LIGHTS, MARKET])


def record(article_id: str, text: str = BODY, **values: str) -> dict[str, str]:
    return {"id": article_id, "title": "افتتاح جسر صحار", "date": "2026-11-12", **values, "text": text}


@pytest.fixture
def index(tmp_path: Path) -> Iterator[Index]:
    index = Index(tmp_path / "data", BundledEmbedder())
    yield index
    index.close()


def ingest(index: Index, records: Iterable[dict[str, str]], name: str = "a.jsonl") -> None:
    folder = index.data_dir.parent / "articles"
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / name
    file.write_text("".join(json.dumps(one, ensure_ascii=False) + "\n" for one in records), encoding="utf-8")
    report = index.ingest([file])
    assert not report.failures


def leaders(index: Index) -> dict[str, str]:
    return {source.article_id: source.report for source in index.articles()}


def copied(index: Index) -> set[str]:
    return index._catalogue.related.copied([passage.id for _, passage in index.passages()])


# ---------------------------------------------------------------------------------------------- the data set


def of_data(records: Iterable[dict[str, str]]) -> list[dict[str, str]]:
    return [{name: record[name] for name in ("id", "title", "text", "url", "source", "date")} for record in records]


@pytest.mark.parametrize("half", ["development", "test"])
def test_copies_are_joined_and_others_are_not(index: Index, half: str) -> None:
    records = [one for one in PAIRS if int(one["base"][1:]) % 2 == (half == "test")]
    ingest(index, of_data(records))
    leader = leaders(index)
    wanted = found = merged = wrong = 0
    for one, other in combinations(records, 2):
        are_copies = one["base"] == other["base"] and one["relation"] == other["relation"] == "copy"
        are_joined = leader[one["id"]] == leader[other["id"]]
        if are_copies and "base" in (one["kind"], other["kind"]):
            wanted, found = wanted + 1, found + are_joined
        merged, wrong = merged + are_joined, wrong + (are_joined and not are_copies)
    assert wanted > 50
    assert found / wanted >= 0.98
    assert wrong / merged <= 0.01


def test_clusters_do_not_depend_on_the_order_of_arrival(tmp_path: Path) -> None:
    found = []
    for seed in range(2):
        records = of_data(PAIRS)
        random.Random(seed).shuffle(records)
        index = Index(tmp_path / str(seed) / "data", BundledEmbedder())
        ingest(index, records)
        rows = index._catalogue._rows("SELECT article_id, copy_of, superseded_by FROM articles ORDER BY article_id")
        found.append((rows, copied(index)))
        index.close()
    assert found[0] == found[1]


# ---------------------------------------------------------------------------------------------- two texts


@pytest.mark.parametrize(
    ("other", "is_copy"),
    [
        (BODY, True),
        ("\n".join([LEAD, TRAFFIC]), True),
        ("\n".join([TRAFFIC, LEAD, MARKET, LIGHTS, LOCAL]), True),
        (BODY.replace("أ", "ا").replace("40", "٤٠").replace("ة", "ه").replace("إن", "إنّ"), True),
        (BODY.replace("وقال مدير", "وأوضح مدير") + "\nالمصدر: وكالة الأنباء", True),
        (BODY.replace("الخميس", "أمس"), True),
        (f"مسقط - رويترز: {BODY}", True),
        (f"مسقط (العمانية) - {BODY}", True),
        (BODY.replace("خمس دقائق", "5 دقائق").replace("عامين", "عامان"), True),
        (BODY.replace("40 مليون", "45 مليون"), False),
        (BODY.replace("خمس دقائق", "سبع دقائق"), False),
        (BODY.replace("صحار", "صلالة"), False),
        (BODY.replace("الوادي", "البوادي"), False),
        (BODY.replace("الخميس", "السبت"), False),
        (BODY.replace("إن الجسر يخدم", "إن الجسر لن يخدم"), False),
        ("\n".join([LOCAL, MARKET, LOCAL.replace("طلاب", "أهالي")]), False),
        ("", False),
    ],
    ids=[
        "same", "half", "order and a line", "letters and digits", "who says it", "told a day later", "dateline", "agency",
        "ways to write numbers", "number", "number in words", "place", "place that looks alike", "day", "denial", "one line in common",
        "nothing",
    ],
)  # fmt: skip
def test_a_copy_says_the_same_in_the_same_words(other: str, is_copy: bool) -> None:
    first, second = Reading(BODY), Reading(other)
    assert compare(first, second).is_copy is is_copy
    assert compare(second, first).is_copy is is_copy
    assert not is_copy or len(set(sketch(BODY)) & set(sketch(other))) >= SHARED


def test_short_texts_are_copies_only_word_for_word() -> None:
    assert compare(Reading("افتتح الوزيرُ الجسر."), Reading("افتتح الوزير الجسر")).is_copy
    assert not compare(Reading("افتتح الوزير الجسر."), Reading("افتتح الوزير الجسر أمس")).is_copy


def test_a_sketch_is_of_letters_alone() -> None:
    assert sketch(BODY) == sketch(BODY.replace("الجسر", "الجِسْـر").replace("،", " ").replace("12", "١٢"))
    assert len(sketch(BODY)) == SKETCH and sketch(BODY) == sorted(sketch(BODY))
    assert sketch("") == sketch("ا" * (RUN - 1)) == []
    assert len(sketch("ا" * 500)) == 1


# ---------------------------------------------------------------------------------------------- clusters


def test_the_fullest_leads_whenever_it_comes(index: Index) -> None:
    ingest(index, [record("half", "\n".join([LEAD, TRAFFIC, LIGHTS])), record("whole")])
    assert leaders(index) == {"half": "whole", "whole": "whole"}
    ingest(index, [record("most", f"{BODY}\n{LOCAL}")], "b.jsonl")
    assert set(leaders(index).values()) == {"most"}
    (index.data_dir.parent / "articles" / "b.jsonl").unlink()
    index.ingest([index.data_dir.parent / "articles"])
    assert leaders(index) == {"half": "whole", "whole": "whole"}


def test_of_equally_full_articles_the_earliest_leads(index: Index) -> None:
    ingest(index, [record("a", date="2026-11-13"), record("c"), record("b")])
    assert set(leaders(index).values()) == {"b"}


def test_the_same_words_in_another_season_are_no_copy(index: Index) -> None:
    ingest(index, [record("a"), record("b", date="2026-11-20"), record("c", date="2027-11-12")])
    assert leaders(index) == {"a": "a", "b": "a", "c": "c"}


def test_an_article_that_changes_leaves_its_cluster(index: Index) -> None:
    ingest(index, [record("a", f"{BODY}\n{LOCAL}"), record("b"), record("c", "\n".join([LEAD, TRAFFIC, LIGHTS]))])
    assert set(leaders(index).values()) == {"a"}
    ingest(index, [record("a", LOCAL * 3), record("b"), record("c", "\n".join([LEAD, TRAFFIC, LIGHTS]))])
    assert leaders(index) == {"a": "a", "b": "b", "c": "b"}


def test_a_report_written_to_the_same_form_stays_apart(index: Index) -> None:
    numbers = range(60, 90)
    ingest(index, [record(f"a{n}", BODY.replace("12 ألف", f"{n} ألف"), date="") for n in numbers])
    assert leaders(index) == {f"a{n}": f"a{n}" for n in numbers}
    assert not copied(index)


def test_what_the_fullest_does_not_hold_is_found_for_itself(index: Index) -> None:
    filling = "\n".join(sentence * 3 for sentence in (TRAFFIC, LIGHTS))
    ingest(index, [record("whole", f"{BODY}\n{filling}\n{MARKET * 9}"), record("local", f"{BODY}\n{filling}\n{LOCAL}")])
    assert leaders(index)["local"] == "whole"
    hit = index.retrieve("من احتفل في قرية العوينات؟", 1)[0]
    assert hit.passage.source.article_id == "local" and hit.passage.id not in copied(index)
    assert {passage_id.split("#")[0] for passage_id in copied(index)} == {"local"}


def test_a_rebuild_finds_the_same_clusters(index: Index) -> None:
    ingest(index, of_data(PAIRS[:60]))
    before = leaders(index), copied(index)
    index.reindex()
    assert (leaders(index), copied(index)) == before
    assert len(set(before[0].values())) < len(before[0])


def test_nothing_is_stored_of_a_batch_whose_clusters_could_not_be(
    index: Index, monkeypatch: pytest.MonkeyPatch
) -> None:
    ingest(index, [record("a")])

    def broken(*_: object) -> None:
        raise sqlite3.OperationalError("interrupted")

    with monkeypatch.context() as patch:
        patch.setattr(clusters._Settling, "_join", broken)
        with pytest.raises(Exception, match="interrupted"):
            ingest(index, [record("b", f"{BODY}\n{LOCAL}")], "b.jsonl")
    assert leaders(index) == {"a": "a"}
    index.ingest([index.data_dir.parent / "articles"])
    assert leaders(index) == {"a": "b", "b": "b"}


# ---------------------------------------------------------------------------------------------- search and answers

OUTLETS = [
    record("whole", f"{BODY}\nالمصدر: وكالة البرق", source="وكالة البرق"),
    record("one", source="نداء اليوم", title="صحار تدشن معبرا فوق الوادي"),
    record("two", source="مرايا"),
    record("three", source="صحيفة الميزان"),
    record("four", source="الموجز"),
]
QUESTION = "كم بلغت كلفة الجسر الجديد في صحار؟"


def test_a_search_finds_a_report_once_and_names_its_copies(index: Index) -> None:
    ingest(index, OUTLETS)
    hits = index.retrieve(QUESTION, 5)
    assert [hit.passage.source.article_id for hit in hits] == ["whole"]
    assert {copy.article_id for copy in hits[0].passage.source.copies} == {"one", "two", "three", "four"}
    assert len({hit.passage.source.article_id for hit in index.retrieve(QUESTION, 5, folded=False)}) == 5
    copies = hit_object(hits[0])["copies"]
    assert isinstance(copies, list) and copies[1] == {
        "article_id": "one", "title": "صحار تدشن معبرا فوق الوادي", "source": "نداء اليوم", "published": "2026-11-12",
    }  # fmt: skip


def test_the_headline_of_a_copy_finds_the_fullest(index: Index) -> None:
    ingest(index, OUTLETS)
    assert [hit.passage.source.article_id for hit in index.retrieve("تدشن معبرا", 3)] == ["whole"]


def test_copies_do_not_take_the_place_of_other_articles(index: Index) -> None:
    others = [record(f"x{n}", f"جسر آخر رقم {n} قيد البناء في ولاية بعيدة.", title="جسور") for n in range(4)]
    ingest(index, [*OUTLETS, *others])
    found = [hit.passage.source.article_id for hit in index.retrieve("جسر صحار", 5)]
    assert sorted(found) == ["whole", "x0", "x1", "x2", "x3"]


def test_an_answer_names_the_other_outlets(index: Index) -> None:
    ingest(index, OUTLETS)
    answer = Assistant(index).ask(QUESTION)
    assert [citation.passage.source.article_id for citation in answer.citations] == ["whole"]
    assert "copies" in json.dumps(answer_object(answer))
    line = "ونُشر أيضًا في: الموجز، نداء اليوم، صحيفة الميزان (وغيرها: 1)"
    assert line in answer_text(answer, Messages("ar"), Page())
    assert line in replies.answer_text(answer, Messages("ar")).text
    assert "and 1 more" in replies.source_text(answer.citations[0], Messages("en")).text
    assert kept_answers.from_json(kept_answers.to_json(answer)).citations == answer.citations


def test_a_copy_of_the_same_outlet_is_named_by_its_title() -> None:
    copies = (Source("b", "عنوان آخر", outlet="مرايا"), Source("c", "عنوان ثالث"))
    assert source_notes(Source("a", "عنوان", outlet="مرايا", copies=copies), Messages("en")) == [
        "Also in: عنوان آخر, عنوان ثالث"
    ]
    assert source_notes(Source("a", "عنوان"), Messages("ar")) == []


def test_one_claim_is_not_cited_from_two_copies(index: Index) -> None:
    ingest(index, OUTLETS)
    hits = index.retrieve(QUESTION, 3, folded=False)
    evidence = [Evidence(label, hit) for label, hit in enumerate(hits, 1)]
    grounding = Grounding(evidence, asked=analyse(QUESTION))
    grounding.read(f"{LEAD.rstrip('.')} [2][1][3].", whole=True)
    _, citations = grounding.resolved()
    assert len(citations) == 1
