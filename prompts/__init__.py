"""What the language model is told: one Markdown file a prompt, checked when it is loaded."""

from __future__ import annotations

import string
from importlib import resources

from retrieval.errors import PromptBroken


def load(name: str, placeholders: frozenset[str]) -> str:
    """The text of `prompts/<name>.md`, whose `{placeholders}` are exactly those given.

    A literal brace is written twice, as in `str.format`. Raises `PromptBroken`.
    """
    try:
        text = resources.files(__name__).joinpath(f"{name}.md").read_text("utf-8")
        found = {field for _, field, _, _ in string.Formatter().parse(text) if field is not None}
    except (OSError, ValueError) as error:  # ValueError: bytes that are not UTF-8, a brace without its partner
        raise PromptBroken(name=name, problem=error) from error
    if missing := placeholders - found:
        raise PromptBroken(name=name, problem="lacks " + _listed(missing))
    if unknown := found - placeholders:
        raise PromptBroken(name=name, problem="does not know " + _listed(unknown))
    return text.strip()


def _listed(placeholders: frozenset[str] | set[str]) -> str:
    return ", ".join(f"{{{name}}}" for name in sorted(placeholders))
