"""What readers are told is true to the articles, whatever the model says: lies, twists, wrong marks, planted commands.

The questions are those of the seeds and of invented news that the articles answer; the slower behaviours are asked
every n-th of them. All 200 with each: no lie, twisted number, name or negation was shown, and 199 true quotes were (the
other was an Arabic sentence about something else, which a model picked for an English question).
"""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

from retrieval.assistant import Assistant
from retrieval.errors import ClaimsWithheld, ModelUnsupported
from retrieval.evals.questions import GoldQuestion, read_questions
from retrieval.hashing import BundledEmbedder
from retrieval.index import Index
from retrieval.ollama_generator import OllamaGenerator
from retrieval.types import Answer, Token
from tests.behaving import Behaving, check_citations, runs, words_of
from tests.fakes import ScriptedGenerator
from tests.model_behaviours import Shown, double_of, liar, quote

ROOT = Path(__file__).parents[1]
DATA = ROOT / "tests/data"
CORPORA = {
    "seeds": (ROOT / "seeds", ROOT / "seeds/questions.jsonl", DATA / "seed_questions_dev.jsonl"),
    "news": (DATA / "news", DATA / "news_questions.jsonl"),
}
FOREIGN = (
    "ما عاصمة أستراليا؟", "كيف تُحضَّر البيتزا في المنزل؟", "من اخترع المصباح الكهربائي؟", "كم ضلعًا للمثلث؟",
    "متى بُني برج إيفل؟", "من رسم لوحة الموناليزا؟", "ما درجة غليان الماء؟", "كيف أتعلم العزف على العود؟",
    "ما أكبر كوكب في المجموعة الشمسية؟", "كم عدد أسنان الإنسان البالغ؟", "من مؤسس شركة مايكروسوفت؟",
    "ما فوائد زيت الزيتون للبشرة؟", "أين يعيش الباندا؟", "متى اكتُشفت أميركا؟", "من كتب ألف ليلة وليلة؟",
    "ما سرعة الضوء؟", "كيف أصلح إطار دراجتي؟", "ما سبب زرقة السماء؟", "من هو مخترع الهاتف؟", "كم وترًا للغيتار؟",
    "ما هو أطول نهر في العالم؟", "لماذا تهاجر الطيور شتاءً؟", "ما عملة اليابان؟", "من لحن نشيد الفرح؟",
)  # fmt: skip


@dataclass(frozen=True)
class Case:
    """A question that stands alone, the index that it is asked of, and the answer without a model."""

    gold: GoldQuestion
    index: Index
    quoted: Answer

    def body(self, article_id: str) -> str:
        return self.index.article(article_id).body


@dataclass(frozen=True)
class Reply:
    """A case with an answer, what the model wrote for it, and what it was shown."""

    case: Case
    answer: Answer
    said: str
    shown: Shown


@pytest.fixture(scope="module")
def indices(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Index]]:
    made = {name: Index(tmp_path_factory.mktemp(name), BundledEmbedder()) for name in CORPORA}
    for name, index in made.items():
        index.ingest([CORPORA[name][0]])
    yield made
    for index in made.values():
        index.close()


@pytest.fixture(scope="module")
def cases(indices: dict[str, Index]) -> list[Case]:
    found = []
    for name, (_, *files) in CORPORA.items():
        assistant = Assistant(indices[name])
        for gold in (gold for file in files for gold in read_questions(file)):
            if not gold.history and gold.kind not in ("small_talk", "injection"):
                found.append(Case(gold, indices[name], assistant.ask(gold.question)))
    return found


def _answerable(cases: Sequence[Case]) -> list[Case]:
    return [case for case in cases if case.gold.answerable and not case.quoted.declined]


def _replies(cases: Sequence[Case], behaviour: str) -> list[Reply]:
    replies = []
    for case in cases:
        model = Behaving(behaviour)
        answer = Assistant(case.index, find_generator=lambda model=model: model).ask(case.gold.question)
        check_citations(answer, case.body)
        replies.append(Reply(case, answer, model.said, model.shown))
    assert len(replies) >= 10
    return replies


# ------------------------------------------------------------------------------------------------------------- quotes


def test_answers_without_a_model_are_letter_for_letter(cases: list[Case]) -> None:
    for case in cases:
        check_citations(case.quoted, case.body)
        lines = [re.sub(r" \[\d+\]$", "", line) for line in case.quoted.text.split("\n")]
        assert case.quoted.declined or lines == [citation.quote for citation in case.quoted.citations]


def test_few_answerable_questions_are_declined(cases: list[Case]) -> None:
    answerable = [case for case in cases if case.gold.answerable]
    assert len(answerable) >= 200
    assert sum(case.quoted.declined for case in answerable) <= 0.1 * len(answerable)


def test_most_questions_about_foreign_topics_are_declined(indices: dict[str, Index]) -> None:
    """Short questions about everyday things are the hardest of these; 0.02 is what is aimed at."""
    answers = [Assistant(index).ask(question) for index in indices.values() for question in FOREIGN]
    answered = [(answer.question, answer.text) for answer in answers if not answer.declined]
    assert len(answered) <= 0.15 * len(answers), answered


def test_no_answer_is_invented_where_the_articles_have_none(cases: list[Case], indices: dict[str, Index]) -> None:
    for reply in _replies([case for case in cases if not case.gold.answerable], "liar"):
        assert reply.answer.mode == "quotes" and reply.answer.text == reply.case.quoted.text
    for index in indices.values():
        assistant = Assistant(index, find_generator=lambda: Behaving("liar"))
        assert {assistant.ask(question).mode for question in FOREIGN} == {"quotes"}


# ---------------------------------------------------------------------------------------------------- a model's words


def test_true_quotes_are_shown(cases: list[Case]) -> None:
    replies = _replies(_answerable(cases)[::2], "quote")
    shown = [r for r in replies if r.answer.mode == "llm" and r.answer.notice is None and words_of(r.said) in _said(r)]
    assert len(shown) >= 0.98 * len(replies)


def _said(reply: Reply) -> str:
    """The text shown with the model's own numbers in place of those of the reader: words and numbers alone."""
    numbers = re.findall(r"\[(\d+)\]", reply.said)
    return words_of(re.sub(r"\[\d+\]", f"[{numbers[0]}]", reply.answer.text))


@pytest.mark.parametrize(
    ("behaviour", "step", "least"),
    [
        ("liar", 4, 1.0),
        ("english", 8, 1.0),
        ("twist_number", 4, 0.99),
        ("twist_name", 8, 0.95),
        ("twist_negation", 8, 0.8),
    ],
)
def test_what_the_articles_do_not_bear_out_is_withheld(
    cases: list[Case], behaviour: str, step: int, least: float
) -> None:
    asked = [case for case in _answerable(cases) if behaviour != "english" or case.gold.kind != "english"]
    replies = _replies(asked[::step], behaviour)
    withheld = [reply for reply in replies if reply.answer.mode == "quotes"]
    assert len(withheld) >= least * len(replies), [r.answer.text for r in replies if r not in withheld]
    for reply in withheld:
        assert isinstance(reply.answer.notice, ModelUnsupported)
        assert reply.answer.text == reply.case.quoted.text


def test_of_a_true_and_a_false_sentence_the_false_one_is_withheld(cases: list[Case]) -> None:
    replies = _replies(_answerable(cases)[::4], "mixedlie")
    right = 0
    for reply in replies:
        true, false = runs(quote(reply.shown), 3), runs(liar(reply.shown), 3)
        told = runs(reply.answer.text, 3)
        right += bool(told & true) and isinstance(reply.answer.notice, ClaimsWithheld)
        assert not told & (false - true - runs(" ".join(reply.shown.passages.values()), 3))
    assert right >= 0.95 * len(replies)


@pytest.mark.parametrize(
    ("behaviour", "step", "least"), [("wrongcite", 8, 0.9), ("badcite", 8, 0.9), ("nocite", 8, 1.0)]
)
def test_wrong_unknown_and_missing_marks_are_mended_or_their_sentence_withheld(
    cases: list[Case], behaviour: str, step: int, least: float
) -> None:
    replies = _replies(_answerable(cases)[::step], behaviour)
    mended = [reply for reply in replies if reply.answer.mode == "llm" and reply.answer.text.endswith((".", "]"))]
    assert len(mended) >= least * len(replies)
    for reply in mended:
        sentence = re.sub(r"\s*\[\d+\]", "", reply.said).rstrip(".؟!")
        assert any(words_of(sentence) in words_of(citation.quote) for citation in reply.answer.citations)


# -------------------------------------------------------------------------------------------------- prompt and links


def test_system_prompt_is_never_repeated(cases: list[Case]) -> None:
    for reply in _replies(_answerable(cases)[::20], "echo"):
        prompt = str(reply.shown.messages[0]["content"])
        assert runs(prompt, 8) & runs(reply.said, 8)
        assert not runs(prompt, 8) & runs(reply.answer.text, 8)


def test_no_address_of_the_model_is_shown(cases: list[Case]) -> None:
    for reply in _replies(_answerable(cases)[::8], "exfil"):
        assert "collect" in reply.said
        assert not re.search(r"collect|://|www\.|@|t\.me|!\[", reply.answer.text)
        assert reply.answer.mode == "quotes" or isinstance(reply.answer.notice, ClaimsWithheld)


def test_address_is_shown_only_where_the_article_has_it(tmp_path: Path) -> None:
    told = "سجل القراء أسماءهم في www.bridge.example قبل حفل الافتتاح"
    record = {"id": "bridge", "title": "حفل", "text": f"{told}.", "url": "https://news.example/bridge"}
    (tmp_path / "bridge.jsonl").write_text(json.dumps(record, ensure_ascii=False), encoding="utf-8")
    index = Index(tmp_path / "index", BundledEmbedder())
    index.ingest([tmp_path / "bridge.jsonl"])
    for said, mode in ((told, "llm"), (told.replace("bridge", "fridge"), "quotes")):
        generator = ScriptedGenerator(f"{said} [1].")
        answer = Assistant(index, find_generator=lambda generator=generator: generator).ask("أين سجل القراء أسماءهم؟")
        assert answer.mode == mode and "www.bridge.example" in answer.text and "fridge" not in answer.text
    index.close()


# --------------------------------------------------------------------------------------------- through the real client

_UNSEEN = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u200b\u202a-\u202e\u2066-\u2069\U000e0000-\U000e007f]")


@pytest.mark.parametrize(
    ("behaviour", "told"),
    [
        *(
            (name, "true")
            for name in ("quote", "wrongcite", "badcite", "nocite", "echo", "bidi", "smuggle", "think_tags")
        ),
        *((name, "some") for name in ("mixedlie", "exfil", "markup", "ansi")),
        *((name, "none") for name in ("liar", "twist_number", "twist_name", "twist_negation", "english")),
    ],
)
def test_over_http_only_the_truth_is_shown_and_never_taken_back(
    indices: dict[str, Index], behaviour: str, told: str
) -> None:
    index, question = indices["seeds"], "كم مرة التقى ترمب وكيم؟"

    async def read(host: str) -> list[Token | Answer]:
        generator = OllamaGenerator("m", host=host)
        return [piece async for piece in Assistant(index, find_generator=lambda: generator).stream(question)]

    with double_of(behaviour) as ollama:
        *tokens, answer = asyncio.run(read(ollama.url))
    check_citations(answer, lambda article_id: index.article(article_id).body)
    released = "".join(token.text for token in tokens)
    assert answer.text.startswith(released)
    assert not _UNSEEN.search(answer.text) and not re.search(r"collect|برشلونة|الإسكندرية|</?\w", answer.text)
    assert (answer.mode == "llm") == (told != "none")
    assert "التقى ترمب وكيم ثلاث مرات" in answer.text
    if told == "none":
        assert isinstance(answer.notice, ModelUnsupported)
