"""Small data sets in BEIR layout, written where a test wants them."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

DOCUMENTS = {
    "d1": ("قمة هانوي", "انهارت القمة الثانية بين الزعيمين في هانوي بسبب الخلاف على العقوبات."),
    "d2": ("معرض عسكري", "حضر الزعيم الكوري معرضًا عسكريًا في بيونغ يانغ وألقى كلمة طويلة."),
    "d3": ("زلزال", "ضرب زلزال بقوة خمس درجات غرب البلاد فجر الجمعة."),
    "d4": ("كرة القدم", "فاز فريق الهلال بكأس السوبر بعد ركلات الترجيح."),
}
QUERIES = {"q1": "لماذا انهارت القمة الثانية؟", "q2": "أين أقيم المعرض العسكري؟", "q3": "ما قوة الزلزال؟"}
QRELS = (("q1", "d1", 1), ("q2", "d2", 1), ("q3", "d3", 1))


def write_dataset(
    folder: Path,
    *,
    documents: Mapping[str, tuple[str, str]] = DOCUMENTS,
    queries: Mapping[str, str] = QUERIES,
    qrels: Sequence[tuple[str, str, int]] = QRELS,
    answers: Mapping[str, Sequence[str]] | None = None,
    split: str = "test",
) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    lines(folder / "corpus.jsonl", [{"_id": d, "title": title, "text": text} for d, (title, text) in documents.items()])
    lines(folder / "queries.jsonl", [{"_id": q, "text": text} for q, text in queries.items()])
    if answers is not None:
        lines(folder / "answers.jsonl", [{"_id": q, "answers": list(spans)} for q, spans in answers.items()])
    (folder / "qrels").mkdir(exist_ok=True)
    rows = "".join(f"{q}\t{d}\t{grade}\n" for q, d, grade in qrels)
    (folder / "qrels" / f"{split}.tsv").write_text(f"query-id\tcorpus-id\tscore\n{rows}", encoding="utf-8")
    return folder


def lines(path: Path, records: Sequence[object]) -> None:
    path.write_text("".join(json.dumps(record, ensure_ascii=False) + "\n" for record in records), encoding="utf-8")
