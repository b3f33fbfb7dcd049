"""An answer as JSON and back, so that buttons and follow-ups work after a restart. The evidence is left out."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import date
from typing import Any

from retrieval.errors import DalilError
from retrieval.types import Answer, Citation, Passage, Source


def to_json(answer: Answer) -> str:
    """All that is shown of an answer, and what a follow-up needs of it."""
    kept = {
        **{name: getattr(answer, name) for name in _PLAIN},
        "citations": [asdict(citation) for citation in answer.citations],
        "nearest": [asdict(citation) for citation in answer.nearest],
        "notice": answer.notice and {"code": answer.notice.code, "values": answer.notice.values},
    }
    return json.dumps(kept, ensure_ascii=False, default=date.isoformat)


def from_json(text: str) -> Answer:
    """Raises ValueError, KeyError or TypeError for what `to_json` did not write."""
    kept = json.loads(text)
    return Answer(
        **{name: kept[name] for name in _PLAIN},
        citations=tuple(_citation(citation) for citation in kept["citations"]),
        nearest=tuple(_citation(citation) for citation in kept["nearest"]),
        notice=_fault(kept["notice"]) if kept["notice"] else None,
    )


_PLAIN = ("question", "query", "text", "mode", "declined", "reason", "seconds", "confidence")


def _citation(kept: dict[str, Any]) -> Citation:
    passage = kept["passage"]
    return Citation(**{**kept, "passage": Passage(**{**passage, "source": _source(passage["source"])})})


def _source(kept: dict[str, Any]) -> Source:
    values = {"modified": None, "dated_by": (), "copies": (), **kept}  # earlier versions did not keep these
    for name in ("published", "modified"):
        values[name] = values[name] and date.fromisoformat(values[name])
    values["dated_by"], values["copies"] = tuple(values["dated_by"]), tuple(map(_source, values["copies"]))
    return Source(**values)


def _fault(kept: dict[str, Any]) -> DalilError:
    """The fault of that code; of a code that is no longer known, the plain one."""
    kinds = [DalilError]
    for kind in kinds:
        if kind.code == kept["code"]:
            return kind(**kept["values"])
        kinds.extend(kind.__subclasses__())
    return DalilError()
