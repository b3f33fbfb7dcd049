"""From the marks of an answer, [1] or [١], to the exact sentences that carry its claims. Pure functions."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence

from retrieval.arabic import content_words, grams, sentences, stem
from retrieval.types import Citation, Evidence, Passage, Span

_ONE_MARK = r"[\[【［]\s*\d+(?:\s*[,،;؛]\s*\d+)*\s*[\]】］]"
MARKS = re.compile(
    r"(?P<space>(?<![^\S\n])[^\S\n]*)"  # from the first blank on, which keeps a long run of blanks linear
    rf"(?P<marks>{_ONE_MARK}(?:[^\S\n]*{_ONE_MARK})*)"
)
_LABEL = re.compile(r"\d+")
_LONGEST_LABEL = 4
"""Digits. No answer has ten thousand passages, and `int` refuses numbers of thousands of digits."""


def resolve(
    text: str, evidence: Sequence[Evidence], *, span_of: Callable[[str, Passage], Span] | None = None
) -> tuple[str, tuple[Citation, ...]]:
    """The text with its marks numbered 1..n in order of first appearance, and the citation of each.

    A mark is [1], [١], [1, 2], [1][2] or 【1】. A label that the evidence lacks is dropped with the space before it.
    A quote is the sentence of the cited passage that shares most with the claim (or `span_of` it), and a claim is the sentence of the
    text that holds the mark; one passage cited for two of its sentences gets two labels. Every [n] of the text returned
    has its citation and every citation its mark; brackets that hold anything else stay as they are.
    """
    passages = {item.label: item.hit.passage for item in evidence if item.hit.passage.text.strip()}
    text = _without_unknown(text, passages)
    claims = _Claims(text)
    citations: dict[tuple[str, Span], Citation] = {}

    def numbered(run: re.Match[str]) -> str:
        claim = claims.at(run.start("marks"))
        labels: dict[int, None] = {}
        for label in labels_of(run):
            passage = passages[label]
            span = (span_of or best_sentence)(claim, passage)
            citation = citations.get((passage.id, span)) or _citation(len(citations) + 1, passage, span)
            citations[passage.id, span] = citation
            labels[citation.label] = None
        return run["space"] + _written(labels)

    return MARKS.sub(numbered, text), tuple(citations.values())


def best_sentence(claim: str, passage: Passage) -> Span:
    """The sentence of `passage.text` that covers most of the claim's content stems and 4-grams; the first of equals.

    The passage has at least one letter.
    """
    stems, pieces = _features(claim)

    def cover(span: Span) -> float:
        has_stems, has_pieces = _features(span.of(passage.text))
        return len(stems & has_stems) / (len(stems) or 1) + len(pieces & has_pieces) / (len(pieces) or 1)

    return max(sentences(passage.text), key=cover)


def _features(text: str) -> tuple[set[str], set[str]]:
    words = content_words(text)
    return {stem(word) for word in words}, {gram for word in words for gram in grams(word)}


def _citation(label: int, passage: Passage, span: Span) -> Citation:
    start, end = passage.start + span.start, passage.start + span.end
    return Citation(label=label, passage=passage, quote=span.of(passage.text), start=start, end=end)


def labels_of(run: re.Match[str]) -> list[int]:
    """The labels of a run of marks, a match of `MARKS`."""
    return [int(label) for label in _LABEL.findall(run["marks"]) if len(label) <= _LONGEST_LABEL]


def _written(labels: Mapping[int, None] | Sequence[int]) -> str:
    return "".join(f"[{label}]" for label in labels)


def _without_unknown(text: str, passages: Mapping[int, Passage]) -> str:
    """The text with known labels alone, in Latin digits. Repeated, for [1[9]] becomes a mark when [9] goes."""

    def known(run: re.Match[str]) -> str:
        labels = [label for label in labels_of(run) if label in passages]
        return run["space"] + _written(labels) if labels else ""

    while (kept := MARKS.sub(known, text)) != text:
        text = kept
    return text


class _Claims:
    """The sentences of an answer, by the position of a mark."""

    def __init__(self, text: str) -> None:
        # Blanks in place of marks: "كذا.[1] ثم" has two sentences, and every position stays what it was.
        self._text = MARKS.sub(lambda run: " " * len(run[0]), text)
        self._spans = sentences(self._text)

    def at(self, position: int) -> str:
        """The sentence that holds or precedes the mark; at the head of a line, the one that follows it there."""
        before = [span for span in self._spans if span.start < position]
        after = [span for span in self._spans if span.start >= position]
        line_start = self._text.rfind("\n", 0, position) + 1
        line_end = (self._text + "\n").find("\n", position)
        opens_line = not re.search(r"\w", self._text[line_start:position])
        if opens_line and before and before[-1].end > position:
            return before[-1].of(self._text)  # the line opens with a bullet, and the mark follows that
        if (opens_line or not before) and after and after[0].start < line_end:
            return after[0].of(self._text)
        return before[-1].of(self._text) if before else ""
