"""From what a model wrote to what may be shown: sentence by sentence, only what a passage bears out, with its mark."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import takewhile

from retrieval.arabic import clean, content_words, sentences, stem, words
from retrieval.citations import MARKS, labels_of, resolve
from retrieval.protocols import SecondOpinion
from retrieval.questions import Question, is_arabic
from retrieval.similarity import FLOOR, similarity
from retrieval.support import Checked, check
from retrieval.types import Citation, Evidence, Passage, Span

MOST_SENTENCES = 8
"""The prompt asks for four at most; a model that goes on is repeating the passages."""
LEAST_ENTAILED = 0.5
"""How sure a second opinion must be of a claim that is not a quote."""
_IMAGE = re.compile(r"!\[[^\]]*\]\([^)]*\)?")
_LINKED = re.compile(r"(?<!\!)\[([^\]\d][^\]]*)\]\(([^)]*)\)?")
_TAG = re.compile(r"</?[A-Za-z][^<>]{0,200}>")
_EMPHASIS = re.compile(r"\*\*|__|~~|`+|(?m:^\s*(?:#{1,6}|[-*•–]|>)\s+)|\*(?=\S)|(?<=\S)\*")
_UNFINISHED = re.compile(r"\s*[\[【][^\]】]*$")
_STOPS = ".!؟?…"
_POINTS = f"{_STOPS}،,؛;:»)"
_FINAL = re.compile(r"[\s.!؟?…،,؛;:]*$")


@dataclass
class Grounding:
    """The answer of a model as it comes: what the evidence bears out is shown, the rest withheld.

    A sentence in another language than an Arabic question's is withheld. One without a word of what is asked, in itself, in
    its quote or in the title, is left out until a passage was cited for such a word.
    """

    evidence: Sequence[Evidence]
    asked: Question
    second_opinion: SecondOpinion | None = None
    withheld: int = 0
    _kept: list[str] = field(default_factory=list)
    _seen: int = 0
    _about: set[int] = field(default_factory=set)

    def read(self, written: str, *, whole: bool = False) -> str:
        """The text to show so far, with the labels of the evidence as marks, given all that is written so far.

        Until it is `whole`, the last sentence may still get its mark and is left out.
        """
        text = plain(written)
        spans = _with_marks(text, sentences(text if whole else _UNFINISHED.sub("", text)))
        spans = spans if whole else _closed(text, spans[:-1])
        for span in spans[self._seen :]:
            kept = self._checked(span.of(text)) if len(self._kept) < MOST_SENTENCES else ""
            self.withheld += kept is None
            if kept and kept not in self._kept:
                self._kept.append(kept)
        self._seen = max(self._seen, len(spans))
        return self._text()

    def _text(self) -> str:
        """The sentences kept, on one line where a full stop parts them."""
        return "".join(f"{kept}{' ' if kept[-1] in _STOPS else chr(10)}" for kept in self._kept).rstrip()

    def resolved(self) -> tuple[str, tuple[Citation, ...]]:
        """What is shown, its marks numbered from 1, and the citation of each."""
        return resolve(self._text(), self.evidence, span_of=_carrying)

    def _checked(self, sentence: str) -> str | None:
        """The sentence with the marks of passages that bear it out; "" for one that states nothing, None when withheld."""
        parts = _parts(sentence)
        if not any(_states(claim) for claim, _ in parts):
            return ""
        if is_arabic(self.asked.text) and not is_arabic("".join(claim for claim, _ in parts)):
            return None
        kept, about = "", False
        for claim, labels in parts:
            if not _states(claim):
                continue
            found = self._bearing(claim, labels)
            if not found:
                return None
            self._about |= {label for label in found if self._is_about(claim, label)}
            about = about or not self._about.isdisjoint(found)
            end = _FINAL.search(claim)
            body, tail = (claim[: end.start()], claim[end.start() :]) if end else (claim, "")
            kept = kept.rstrip() if claim[0] in _POINTS else kept
            kept += f"{body} {''.join(f'[{label}]' for label in found)}{tail.strip()} "
        return kept.strip() if about else ""

    def _is_about(self, claim: str, label: int) -> bool:
        passage = next(item.hit.passage for item in self.evidence if item.label == label)
        quote = _check(claim, passage).span.of(passage.text)
        said = {stem(word) for word in content_words(f"{claim} {quote} {passage.source.title}")}
        return any(similarity(wanted, stem_) >= FLOOR for wanted in self.asked.stems for stem_ in said)

    def _bearing(self, claim: str, labels: Sequence[int]) -> list[int]:
        """The labels given whose passages bear the claim out; when none does, that of the one passage that does so best."""
        cited = [item for item in self.evidence if item.label in labels]
        if borne := [item for item in cited if self._supports(claim, item.hit.passage)]:
            return _once_a_report(borne)
        others = [item for item in self.evidence if item.label not in labels]
        found = [(item, _check(claim, item.hit.passage)) for item in others if self._supports(claim, item.hit.passage)]
        return [max(found, key=lambda pair: pair[1].cover)[0].label] if found else []

    def _supports(self, claim: str, passage: Passage) -> bool:
        checked = _check(claim, passage)
        if checked.fault is not None:
            return False
        quote = checked.span.of(passage.text)
        if self.second_opinion is None or _FINAL.sub("", claim) in quote:
            return True
        (sure,) = self.second_opinion.entails(quote, [claim])
        return sure is None or sure >= LEAST_ENTAILED


def _once_a_report(items: Sequence[Evidence]) -> list[int]:
    """The labels, without those of articles that repeat in the same words what another one among them reports."""
    cited: dict[str, str] = {}
    sources = [(item.label, item.hit.passage.source) for item in items]
    return [
        label for label, source in sources if cited.setdefault(source.report, source.article_id) == source.article_id
    ]


def plain(text: str) -> str:
    """A model's text as plain text: no control characters, no Markdown and HTML; images go as a whole."""
    text = _LINKED.sub(r"\1 (\2)", _IMAGE.sub("", clean(text)))
    return _EMPHASIS.sub("", _TAG.sub("", text))


def _states(claim: str) -> bool:
    """Whether there is a word in it besides function words and numbers: the number of a list states nothing."""
    return any(not word.isdigit() for word in content_words(claim))


@lru_cache(maxsize=4096)
def _check(claim: str, passage: Passage) -> Checked:
    return check(claim, passage)


def _carrying(claim: str, passage: Passage) -> Span:
    return _check(claim.strip(), passage).span


def _parts(sentence: str) -> list[tuple[str, list[int]]]:
    """The claims of a sentence, each up to its marks, with their labels; what follows the last mark is one without."""
    parts, start = [], 0
    for run in MARKS.finditer(sentence):
        parts.append((sentence[start : run.start()].strip(), labels_of(run)))
        start = run.end()
    rest = sentence[start:].strip()
    if words(rest) or not parts:
        parts.append((rest, []))
    elif rest:
        parts[-1] = (parts[-1][0] + rest, parts[-1][1])
    return parts


def _closed(text: str, spans: Sequence[Span]) -> list[Span]:
    """The sentences before the first that opens a quotation or an aside and leaves it open: more of it is to come."""

    def is_open(sentence: str) -> bool:
        pairs = (("«", "»"), ("(", ")"), ("“", "”"))
        return sentence.count('"') % 2 == 1 or any(sentence.count(a) > sentence.count(b) for a, b in pairs)

    return list(takewhile(lambda span: not is_open(span.of(text)), spans))


def _with_marks(text: str, spans: Sequence[Span]) -> list[Span]:
    """Sentences, with marks that stand behind the full stop («كذا. [1]») taken to the sentence before them."""
    joined: list[Span] = []
    for span in spans:
        run = MARKS.match(span.of(text))
        if joined and run and "\n" not in text[joined[-1].end : span.start]:
            joined[-1] = Span(joined[-1].start, span.start + run.end())
            rest = span.of(text)[run.end() :].lstrip(" .،")
            if rest:
                joined.append(Span(span.end - len(rest), span.end))
        else:
            joined.append(span)
    return joined
