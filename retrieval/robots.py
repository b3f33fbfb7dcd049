"""What a site asks programs to leave alone: robots.txt as RFC 9309 has it, with `*` and `$`, the longest rule first."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import quote, unquote

LARGEST = 500 << 10
"""Bytes of a robots.txt that count, as the RFC has it."""


@dataclass(frozen=True, slots=True)
class Rules:
    """The rules for one program: (path pattern, allowed), and the pause that is asked for, in seconds."""

    paths: tuple[tuple[str, bool], ...] = ()
    pause: float = 0.0

    def allow(self, target: str) -> bool:
        """Whether a path, with its query, may be fetched. Of equally long rules that which allows wins."""
        target = _normal(target) or "/"
        fitting = [(len(pattern), allowed) for pattern, allowed in self.paths if _fits(pattern, target)]
        return max(fitting, default=(0, True))[1]


def read_rules(content: bytes, program: str) -> Rules:
    """The rules for `program`: those of the groups that name it, else those for all."""
    groups: dict[str, list[tuple[str, str]]] = {}
    names: list[str] = []
    are_names = False
    for line in content[:LARGEST].decode("utf-8-sig", "replace").splitlines():
        field, mark, value = (part.strip() for part in line.partition("#")[0].partition(":"))
        if not mark:
            continue
        if field.lower() == "user-agent":
            names = [*(names if are_names else ()), value.lower()]
            groups.setdefault(value.lower(), [])
            are_names = True
        elif field.lower() in ("allow", "disallow", "crawl-delay"):
            for name in names:
                groups[name].append((field.lower(), value))
            are_names = False
    lines = next((groups[name] for name in (program.lower(), "*") if name in groups), [])
    paths = [(_normal(value), field == "allow") for field, value in lines if field != "crawl-delay" and value]
    return Rules(tuple(paths), max((_seconds(value) for field, value in lines if field == "crawl-delay"), default=0.0))


def _seconds(value: str) -> float:
    return float(value) if re.fullmatch(r"\d{1,6}(\.\d+)?", value) else 0.0


def _normal(path: str) -> str:
    """One spelling of what is percent-encoded; what stands for a mark of the syntax stays encoded."""
    kept = re.sub(r"%(2[0-9A-Fa-f]|3[0-9AaB-Fb-f]|5[BDbd]|40)", lambda code: f"%25{code[1].upper()}", path)
    return quote(unquote(kept), safe="/?=&*$:;,@!'()+~[]%")


def _fits(pattern: str, target: str) -> bool:
    ended = pattern.endswith("$")
    first, *rest = pattern.removesuffix("$").split("*")
    if not target.startswith(first):
        return False
    at = len(first)
    for number, part in enumerate(rest, 1):
        if ended and number == len(rest):
            return target.endswith(part) and len(target) - len(part) >= at
        at = target.find(part, at)
        if at < 0:
            return False
        at += len(part)
    return not ended or at == len(target)
