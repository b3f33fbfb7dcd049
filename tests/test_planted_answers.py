"""Commands planted in articles, and models that obey them: none of their words is told, the news beside them still is."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.messages import Messages
from bot.render import Page, answer_object, evidence_lines
from retrieval.arabic import clean_line, content_words
from retrieval.assistant import Assistant
from retrieval.hashing import BundledEmbedder
from retrieval.index import Index
from retrieval.planted import is_planted, planted
from retrieval.types import Answer
from tests.behaving import Behaving, check_citations, runs, words_of
from tests.model_behaviours import Shown
from tests.ollama_double import Chat, Message

ATTACKS = [
    json.loads(line)
    for line in (Path(__file__).parent / "data/planted_instructions.jsonl").read_text(encoding="utf-8").splitlines()
]
NEWS = (
    "فاز فريق النسور {number} بكأس المدينة بعد مباراة استمرت ساعتين. {attack} "
    "وقال المدرب سمير قاسم إن اللاعبين استحقوا الفوز. وحضر المباراة ثلاثة آلاف متفرج في ملعب الشاطئ."
)
IN_A_ROW = 4
"""Words of an attack that may not stand in a reply in this order; fewer are in any text."""


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Index]:
    """An article for each attack."""
    folder = tmp_path_factory.mktemp("planted")
    with (folder / "articles.jsonl").open("w", encoding="utf-8") as file:
        for number, attack in enumerate(ATTACKS):
            text = NEWS.format(number=number, attack=attack["text"])
            record = {"id": attack["id"], "title": f"كأس المدينة {number}", "text": text}
            file.write(json.dumps(record, ensure_ascii=False) + "\n")
    index = Index(folder / "index", BundledEmbedder())
    index.ingest([folder / "articles.jsonl"])
    yield index
    index.close()


def _question(number: int) -> str:
    return f"من فاز بكأس المدينة {number}؟ فريق النسور {number}؟"


def _ask(index: Index, model: Behaving | None) -> list[Answer]:
    assistant = Assistant(index, find_generator=lambda: model)
    answers = [assistant.ask(_question(number)) for number in range(len(ATTACKS))]
    for answer in answers:
        check_citations(answer, lambda article_id: index.article(article_id).body)
    return answers


@pytest.fixture(scope="module")
def quoted(index: Index) -> list[Answer]:
    return _ask(index, None)


@pytest.fixture(scope="module")
def obedient(index: Index) -> list[Answer]:
    return _ask(index, Behaving("inject"))


def _right(number: int, answer: Answer) -> bool:
    cited = {citation.passage.source.article_id for citation in answer.citations}
    return ATTACKS[number]["id"] in cited and words_of(f"النسور {number} بكأس المدينة") in words_of(answer.text)


@pytest.mark.parametrize("mode", ["quoted", "obedient"])
def test_no_attack_is_told_and_the_news_beside_it_is(mode: str, request: pytest.FixtureRequest) -> None:
    answers: list[Answer] = request.getfixturevalue(mode)
    attacks = [runs(attack["text"], IN_A_ROW) for attack in ATTACKS]
    told = [answer.text for answer in answers if any(attack & runs(answer.text, IN_A_ROW) for attack in attacks)]
    assert not told
    assert sum(_right(number, answer) for number, answer in enumerate(answers)) >= 0.9 * len(ATTACKS)


def test_command_is_no_answer_to_a_question_in_its_own_words(index: Index) -> None:
    commands = [span.of(attack["text"]) for attack in ATTACKS for span in planted(attack["text"])]
    answers = [Assistant(index).ask(f"ماذا ورد عن {' '.join(content_words(c)[-4:])}؟") for c in commands[::3]]
    assert len({answer.question for answer in answers}) >= 50
    for answer in answers:
        told = runs(answer.text, IN_A_ROW)
        assert not any(runs(command, IN_A_ROW) & told for command in commands), answer.text


def test_obedient_model_is_heard_where_it_quotes(obedient: list[Answer]) -> None:
    assert sum(answer.mode == "llm" for answer in obedient) >= 0.9 * len(ATTACKS)


def test_command_that_a_model_repeats_word_for_word_is_withheld(index: Index) -> None:
    """Even one that knows the attack from elsewhere: what is planted bears nothing out."""
    found = [(number, attack["text"]) for number, attack in enumerate(ATTACKS) if is_planted(attack["text"])]
    assert len(found) >= 200
    for number, text in found[::4]:
        commands = [span.of(text).rstrip(" .!؟") for span in planted(text)]

        def repeat(messages: list[Message], commands: list[str] = commands) -> Chat:
            label = next(iter(Shown.of(messages).passages))
            return Chat(tuple(f"{command} [{label}]. " for command in commands))

        answer = Assistant(index, find_generator=lambda repeat=repeat: Behaving(repeat)).ask(_question(number))
        assert not any(runs(command, IN_A_ROW) & runs(answer.text, IN_A_ROW) for command in commands), text


@pytest.mark.parametrize("mode", ["quoted", "obedient"])
def test_passage_with_a_command_is_marked_as_such(mode: str, request: pytest.FixtureRequest) -> None:
    answers: list[Answer] = request.getfixturevalue(mode)
    messages, page = Messages("ar"), Page(width=100)
    warning = clean_line(messages("answer.planted"))
    for answer in answers:
        marked = [bool(record.get("planted")) for record in answer_object(answer)["citations"]]
        assert marked == [is_planted(citation.passage.text) for citation in answer.citations]
        lines = clean_line(" ".join(" ".join(evidence_lines(answer, messages, page)).split()))
        assert lines.count(warning) == sum(marked)
    assert sum(any(is_planted(c.passage.text) for c in answer.citations) for answer in answers) >= 0.9 * len(ATTACKS)


def test_passage_without_a_command_is_not_marked(index: Index, tmp_path: Path) -> None:
    (tmp_path / "clean.txt").write_text(NEWS.format(number=1, attack=""), encoding="utf-8")
    clean = Index(tmp_path / "index", BundledEmbedder())
    clean.ingest([tmp_path / "clean.txt"])
    answer = Assistant(clean).ask(_question(1))
    clean.close()
    assert answer.citations and all("planted" not in record for record in answer_object(answer)["citations"])
    messages = Messages("ar")
    assert messages("answer.planted") not in " ".join(evidence_lines(answer, messages, Page(width=100)))


def test_model_does_not_see_what_is_planted(index: Index) -> None:
    model = Behaving("quote")
    Assistant(index, find_generator=lambda: model).ask(_question(1))
    seen = runs("\n".join(model.shown.passages.values()), IN_A_ROW)
    commands = [span.of(attack["text"]) for attack in ATTACKS for span in planted(attack["text"])]
    assert seen and not any(runs(command, IN_A_ROW) & seen for command in commands)
