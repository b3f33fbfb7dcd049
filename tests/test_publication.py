"""The day of publication where nobody says it: inferred from the words, or left open."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest

from bot.messages import Messages
from bot.render import Page, answer_object, evidence_lines, hit_object
from retrieval.assistant import Assistant
from retrieval.hashing import BundledEmbedder
from retrieval.index import Index
from retrieval.sources import read
from retrieval.sources.publication import infer_publication
from retrieval.types import Article

TODAY = date(2026, 1, 1)


@pytest.mark.parametrize(
    ("paragraphs", "captions", "published"),
    [
        (
            ["قال الوزير اليوم الثلاثاء إن العمل بدأ."],
            ["باكو يوم 7 فبراير الحالي", "يريفان في 5 سبتمبر 2023"],
            date(2024, 2, 13),
        ),
        (["وقع الحادث الاثنين 18 أفريل الحالي."], [], date(2022, 4, 18)),
        (["ذكر البيان أن اللقاء جرى في 3 نوفمبر الجاري بعد مؤتمر أكتوبر 2023."], [], date(2023, 11, 3)),
        ([], ["صورة للميناء التقطت في 21 نوفمبر 2024 (رويترز)"], date(2024, 11, 21)),
        (["قال مسؤول اليوم الجمعة إن الميناء يعمل."], ["الميناء في 21 نوفمبر 2024"], date(2024, 11, 22)),
        (["وقعت الحرب في 7 أكتوبر 2023."], [], None),
        (["قال الوزير اليوم الثلاثاء إن العمل بدأ."], [], None),
        (["في 3 نوفمبر الجاري يبدأ العمل."], [], None),
        ([], ["صورة متخيلة للمدينة في 1 يناير 2050"], None),
        ([], [], None),
    ],
)
def test_the_day_is_inferred_or_left_open(paragraphs: list[str], captions: list[str], published: date | None) -> None:
    found = infer_publication(paragraphs, captions, TODAY)
    assert (found.published if found else None) == published
    if found:
        text = " ".join([*paragraphs, *captions])
        assert found.reasons and all(reason in text for reason in found.reasons)


def test_a_day_that_is_given_stands(tmp_path: Path) -> None:
    record = {"title": "خبر", "text": "وقع في 18 أفريل الحالي من عام 2022.", "published": "2022-04-20"}
    (tmp_path / "a.jsonl").write_text(json.dumps(record, ensure_ascii=False), encoding="utf-8")
    (article,) = read([tmp_path / "a.jsonl"])
    assert isinstance(article, Article)
    assert (article.source.published, article.source.dated_by) == (date(2022, 4, 20), ())


def test_an_inferred_day_is_marked_as_such_wherever_it_is_shown(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(
        "افتتاح جسر المدينة\n\nافتتح الوزير الجسر الاثنين 18 أفريل الحالي أمام الناس.\n", "utf-8"
    )
    index = Index(tmp_path / "data", BundledEmbedder())
    index.ingest([tmp_path / "a.txt"])
    answer = Assistant(index).ask("ماذا افتتح الوزير؟")
    (citation, *_) = answer.citations
    assert citation.passage.source.dated_by == ("الاثنين 18 أفريل الحالي",)
    (shown, *_) = answer_object(answer)["citations"]  # type: ignore[misc]
    assert shown["published"] == "2022-04-18"
    assert shown["published_inferred"] == ["الاثنين 18 أفريل الحالي"]
    lines = evidence_lines(answer, Messages("ar"), Page())
    assert "    التاريخ مستنتج من النص: «الاثنين 18 أفريل الحالي»" in lines
    assert hit_object(index.retrieve("الجسر", 1)[0])["published_inferred"] == ["الاثنين 18 أفريل الحالي"]
    index.close()
