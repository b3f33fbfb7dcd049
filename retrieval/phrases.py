"""What an answer says when it has nothing to quote, in Arabic and in English: it follows the question's language."""

from __future__ import annotations

from typing import Literal

from retrieval.questions import is_arabic
from retrieval.types import Reason

Language = Literal["ar", "en"]

_DECLINED: dict[Reason, dict[Language, str]] = {
    "no_evidence": {
        "ar": "لم أجد في المقالات جوابًا عن هذا السؤال.",
        "en": "I found no answer to this question in the articles.",
    },
    "small_talk": {
        "ar": "أهلًا بك! أنا «دليل»: اسألني عمّا في المقالات وسأجيبك منها مع الدليل على كل قول.",
        "en": "Hello! I am Dalil: ask me about the articles and I will answer from them, with the evidence for every claim.",
    },
    "instructions": {
        "ar": "أجيب عن أسئلة حول المقالات فقط، ولا أنفّذ تعليمات أخرى. ما الذي تريد أن تعرفه منها؟",
        "en": "I only answer questions about the articles and follow no other instructions. What would you like to know?",
    },
    "empty_index": {
        "ar": "لا توجد مقالات بعد. أضف مقالات بالأمر: dalil ingest",
        "en": "There are no articles yet. Add some with: dalil ingest",
    },
}


def declined(reason: Reason, question: str, *, language: Language) -> str:
    """The line for a declined answer; `language` is for questions whose letters do not tell theirs."""
    return _DECLINED[reason][language_of(question, language)]


def language_of(question: str, otherwise: Language) -> Language:
    """The language a question is answered in."""
    if not any(char.isalpha() for char in question):
        return otherwise
    return "ar" if is_arabic(question) else "en"
