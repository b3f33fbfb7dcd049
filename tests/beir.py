"""Small data sets in BEIR layout, written where a test wants them."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

from retrieval.evals.bench import Bench
from retrieval.evals.datasets import Dataset
from retrieval.hashing import BundledEmbedder
from retrieval.index import Index
from retrieval.protocols import Reranker

DOCUMENTS = {
    "d1": ("قمة هانوي", "انهارت القمة الثانية بين الزعيمين في هانوي بسبب الخلاف على العقوبات."),
    "d2": ("معرض عسكري", "حضر الزعيم الكوري معرضًا عسكريًا في بيونغ يانغ وألقى كلمة طويلة."),
    "d3": ("زلزال", "ضرب زلزال بقوة خمس درجات غرب البلاد فجر الجمعة."),
    "d4": ("كرة القدم", "فاز فريق الهلال بكأس السوبر بعد ركلات الترجيح."),
}
QUERIES = {"q1": "لماذا انهارت القمة الثانية؟", "q2": "أين أقيم المعرض العسكري؟", "q3": "ما قوة الزلزال؟"}
QRELS = (("q1", "d1", 1), ("q2", "d2", 1), ("q3", "d3", 1))

BY_PART = {
    "normalization": "محمد",
    "stop-words": "متى وكيف ولماذا انهار الجسر",
    "stems": "اللاعبون",
    "proclitics": "لوزير",
    "grams": "المتحدثث",
    "translation": "Tripoli",
    "title": "المياه",
    "second-look": "افتتح سامي مصنع الزجاج",
}
"""For each part of search a question whose document comes first with it, and not without it."""
_OF_PARTS = {
    "normalization": ("", "حضر مُحَمَّدٌ الاجتماعَ"),
    "stop-words": ("", "انهار جسر قديم بعد الفيضان"),
    "only stop words": ("", "متى ولماذا وكيف، ومن أين"),
    "stems": ("", "ينتظر اللاعبين موسم طويل"),
    "no stem": ("", "اللاعبونا"),
    "proclitics": ("", "وزير، ثم الوزير وزير"),
    "the same proclitic": ("", "رسالة طويلة جدا وصلت البارحة لوزير آخر من مكان بعيد"),
    "grams": ("", "قال المتحدث إن الأمر انتهى"),
    "translation": ("", "زار الوفد مدينة طرابلس"),
    "title": ("ملف المياه", "وصل الوفد"),
    "second-look": ("", "افتتح سامي مصنع الزجاج. " + "ثم عاد الجميع إلى بيوتهم مساء ذلك اليوم الطويل. " * 6),
    "short and half of it": ("", "مصنع الزجاج. مصنع الزجاج. قال سامي."),
}


def write_parts(folder: Path) -> Path:
    """A data set in which every part of search that needs no model tells."""
    documents = {name.replace(" ", "-"): article for name, article in _OF_PARTS.items()}
    return write_dataset(folder, documents=documents, queries=BY_PART, qrels=[(part, part, 1) for part in BY_PART])


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


def filled(dataset: Dataset, folder: Path, *, reranker: Reranker | None = None) -> Bench:
    """A bench over an index in `folder`, without a trained model."""
    bench = Bench(dataset, Index(folder, BundledEmbedder(), reranker=reranker))
    bench.fill()
    return bench


def lines(path: Path, records: Sequence[object]) -> None:
    path.write_text("".join(json.dumps(record, ensure_ascii=False) + "\n" for record in records), encoding="utf-8")
