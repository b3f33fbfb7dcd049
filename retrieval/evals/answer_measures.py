"""Measures of one answer against its gold question; `answers.py` takes their means over the questions they are about.

Each is 0..1, spelling variants apart: words are normalised, stop words kept.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from retrieval.arabic import words
from retrieval.evals.datasets import holds
from retrieval.evals.questions import GoldQuestion
from retrieval.types import Answer, Citation

_MARK = re.compile(r"\s*\[\d+\]")


def evidence_first(gold: GoldQuestion, answer: Answer) -> bool:
    """evidence@1: the first citation's quote holds a gold evidence span, word for word.

    Success at rank 1 with passages judged by what they hold, as in the TREC question answering track (Voorhees 1999).
    """
    return bool(answer.citations) and holds(answer.citations[0].quote, gold.evidence)


def answer_within(gold: GoldQuestion, answer: Answer, count: int) -> bool:
    """answer@`count`: one of the first `count` quotes holds a gold answer, as a string.

    Top-k accuracy of Chen et al. 2017 ("Reading Wikipedia to Answer Open-Domain Questions"), on quotes.
    """
    return any(holds(citation.quote, gold.answers) for citation in answer.citations[:count])


def token_f1(gold: GoldQuestion, answer: Answer) -> float:
    """F1 of the words of what is answered and those of the gold answer that it is most like; 0 when declined.

    Rajpurkar et al. 2016 (SQuAD), where a word counts as often as both have it. What is answered is the first quote, or
    a model's text without its marks. A whole sentence scores low against an answer of two words, by design.
    """
    if answer.declined:
        return 0.0
    found = words(_answered(answer))
    return max((_f1(found, words(wanted)) for wanted in gold.answers), default=0.0)


def citation_precision(gold: GoldQuestion, answer: Answer) -> float:
    """The share of the citations shown whose quote holds a gold evidence span or a gold answer; 0 without citations.

    Citation precision of Gao et al. 2023 (ALCE), with gold spans in place of a model of entailment.
    """
    right = sum(holds(citation.quote, (*gold.evidence, *gold.answers)) for citation in answer.citations)
    return right / len(answer.citations) if answer.citations else 0.0


def citation_recall(gold: GoldQuestion, answer: Answer) -> bool:
    """Whether any citation shown holds a gold evidence span; the spans of a question are alternatives, one is enough.

    Citation recall of Gao et al. 2023 (ALCE), with gold spans in place of a model of entailment. A declined one has none.
    """
    return evidence_in(answer.citations, gold)


def evidence_in(citations: Sequence[Citation], gold: GoldQuestion) -> bool:
    """Whether one of the quotes holds a gold evidence span."""
    return any(holds(citation.quote, gold.evidence) for citation in citations)


def declined(gold: GoldQuestion, answer: Answer) -> bool:
    """The answer was declined: over unanswerable questions `declined_right`, over answerable ones `declined_wrong`.

    The two sides of Rajpurkar, Jia and Liang 2018 (SQuAD 2.0).
    """
    return answer.declined


def _answered(answer: Answer) -> str:
    if answer.mode == "quotes" and answer.citations:
        return answer.citations[0].quote
    return _MARK.sub("", answer.text)


def _f1(found: Sequence[str], wanted: Sequence[str]) -> float:
    shared = (Counter(found) & Counter(wanted)).total()
    return 2 * shared / (len(found) + len(wanted)) if shared else 0.0
