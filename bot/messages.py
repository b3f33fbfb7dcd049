"""Dalil's own sentences in the reader's language: `Messages("ar")("chat.new")`."""

from __future__ import annotations

import string
from typing import Literal

from bot.language import LANGUAGES, Language
from bot.texts import TABLE
from bot.texts.problems import problem_in_arabic
from retrieval.arabic import clean_line
from retrieval.errors import DalilError
from retrieval.types import Failure

Noun = Literal["article", "passage", "source", "question", "second", "minute", "hour"]


class Messages:
    """All that Dalil says, in one language. Values are cleaned, so no foreign control character gets through."""

    def __init__(self, language: Language) -> None:
        self.language: Language = language
        self._column = LANGUAGES.index(language)

    def __call__(self, key: str, **values: object) -> str:
        """The sentence of `key` with its placeholders filled. Raises `KeyError` for a key or value that is missing."""
        shown = {name: clean_line(str(value)) for name, value in values.items()}
        if self.language == "ar" and "problem" in shown:
            shown["problem"] = problem_in_arabic(shown["problem"])
        return TABLE[key][self._column].format_map(shown)

    def __contains__(self, key: str) -> bool:
        return key in TABLE

    def error(self, error: DalilError) -> str:
        """One line: what went wrong, and the step that mends it."""
        values = {name: value for name, value in error.values.items() if value}
        for code in self._codes(error):
            if placeholders(TABLE[code][self._column]) <= values.keys():
                return self(code, **values)
        return self("fault")

    def failure(self, failure: Failure) -> str:
        """One line that names the source, the line of it where known, and the reason."""
        message = self.error(failure.error)
        if failure.line is not None and not failure.error.values.get("line"):
            message = self("failure.line", message=message, line=failure.line)
        if failure.error.values.get("path") != failure.origin:
            message = self("failure.origin", origin=failure.origin, message=message)
        return message

    def count(self, noun: Noun, number: int) -> str:
        """The number with its noun in the right form: مقال واحد، مقالان، 3 مقالات، 11 مقالًا، 100 مقال."""
        return self(f"{noun}.{_plural_form(number)}", n=number)

    def _codes(self, error: DalilError) -> list[str]:
        """The keys to try, the most telling first: the code's own, its bare form, those of the parent classes."""
        codes = [kind.code for kind in type(error).__mro__ if issubclass(kind, DalilError)]
        return [key for code in codes for key in (code, f"{code}.bare") if key in TABLE]


def placeholders(text: str) -> set[str]:
    """The names in braces."""
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


def _plural_form(number: int) -> str:
    """CLDR's plural category of a whole number in Arabic."""
    if number in (0, 1, 2):
        return ("zero", "one", "two")[number]
    if 3 <= number % 100 <= 10:
        return "few"
    return "many" if number % 100 >= 11 else "other"
