"""The support bench: claims of known truth derived from articles, and how a check of support judges them.

Deterministic for a seed. Each passage gives at most one claim of a kind, so that the claims of a kind are independent.
Intervals are Wilson's (1927), 95 %.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from random import Random

from retrieval.chunking import chunk
from retrieval.evals.claims.invented_claims import FALSE_INVENTED, elsewhere
from retrieval.evals.claims.name_claims import FALSE_NAMES
from retrieval.evals.claims.names import people_in, places_in
from retrieval.evals.claims.number_claims import FALSE_NUMBERS
from retrieval.evals.claims.polarity_claims import FALSE_POLARITY
from retrieval.evals.claims.scene import Claim, Pool, Scene, clauses, keeps_quotations, statements
from retrieval.evals.claims.true_claims import TRUE
from retrieval.support import Checked
from retrieval.types import Article, Passage

FALSE = {**FALSE_NUMBERS, **FALSE_NAMES, **FALSE_POLARITY, **FALSE_INVENTED}
SAME_ARTICLE, OTHER_ARTICLE = "citation/same article", "citation/other article"
KINDS = (*TRUE, *FALSE, SAME_ARTICLE, OTHER_ARTICLE)

Check = Callable[[str, Passage], Checked]
Interval = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Score:
    """How a check judged the claims of one kind, or of one group of kinds."""

    kind: str
    true: bool
    count: int
    right: int
    """True claims let through, false claims stopped."""
    misses: tuple[tuple[Claim, Checked], ...] = ()

    @property
    def share(self) -> float:
        return self.right / self.count

    @property
    def interval(self) -> Interval:
        return wilson(self.right, self.count)


def derive(articles: Iterable[Article], *, seed: int = 0) -> Iterator[Claim]:
    """The claims of some articles, passage by passage, in the order of `KINDS`."""
    divided = [chunk(article) for article in articles]
    pool = _pool(passage for passages in divided for passage in passages)
    for passages in divided:
        for passage in passages:
            yield from _of_passage(passage, passages, pool, seed)


def run(claims: Iterable[Claim], check: Check) -> list[Score]:
    """The score of each kind met, then of each group of kinds, then of all that is false; in the order of `KINDS`."""
    right: defaultdict[str, int] = defaultdict(int)
    count: defaultdict[str, int] = defaultdict(int)
    misses: defaultdict[str, list[tuple[Claim, Checked]]] = defaultdict(list)
    for claim in claims:
        checked = check(claim.text, claim.passage)
        count[claim.kind] += 1
        if (checked.fault is None) == claim.true:
            right[claim.kind] += 1
        else:
            misses[claim.kind].append((claim, checked))
    kinds = [Score(kind, kind in TRUE, count[kind], right[kind], tuple(misses[kind])) for kind in KINDS if count[kind]]
    groups = list(dict.fromkeys(score.kind.split("/")[0] for score in kinds))
    sums = [_sum(group, [score for score in kinds if score.kind.split("/")[0] == group]) for group in groups]
    false = [score for score in kinds if not score.true]
    return [*kinds, *sums, *([_sum("false", false)] if false else [])]


def wilson(right: int, count: int) -> Interval:
    """The 95 % interval of a share; there is at least one."""
    z = 1.959964
    share, square = right / count, z * z / count
    middle = (share + square / 2) / (1 + square)
    half = z * math.sqrt(share * (1 - share) / count + square / (4 * count)) / (1 + square)
    return round(max(0.0, middle - half), 4), round(min(1.0, middle + half), 4)


def _sum(name: str, scores: Sequence[Score]) -> Score:
    return Score(name, scores[0].true, sum(score.count for score in scores), sum(score.right for score in scores))


def _pool(passages: Iterable[Passage]) -> Pool:
    every: list[Passage] = []
    people: dict[str, None] = {}
    naming: defaultdict[str, list[tuple[str, str]]] = defaultdict(list)
    for passage in passages:
        every.append(passage)
        for text in statements(passage):
            found = people_in(text)
            people.update(dict.fromkeys(person.text for person in found))
            for name in dict.fromkeys([*(person.text for person in found), *(place.text for place in places_in(text))]):
                naming[name].append((passage.source.article_id, text))
    return Pool(every, list(people), naming)


def _of_passage(passage: Passage, siblings: Sequence[Passage], pool: Pool, seed: int) -> Iterator[Claim]:
    random = Random(f"{seed} {passage.id}")
    scenes = _scenes(passage, siblings, pool, random)
    whole = [scene for scene in scenes if scene.text in passage.text]
    for kind, make in TRUE.items():
        made = _first(random.sample(whole, len(whole)), make)
        if made and (kind == "true/spelling" or keeps_quotations(made, passage)):
            yield Claim(made, passage, True, kind)
    for kind, make in FALSE.items():
        if made := _first(random.sample(scenes, len(scenes)), make):
            yield Claim(made, passage, False, kind)
    for kind, others in ((SAME_ARTICLE, siblings), (OTHER_ARTICLE, pool.passages)):
        foreign = [
            other
            for other in random.sample(others, min(8, len(others)))
            if (other.source.article_id == passage.source.article_id) == (kind == SAME_ARTICLE)
        ]
        for scene in random.sample(whole, len(whole)):
            if other := elsewhere(scene, foreign):
                yield Claim(scene.text, other, False, kind)
                break


def _first(scenes: Sequence[Scene], make: Callable[[Scene], str | None]) -> str | None:
    return next((text for scene in scenes if (text := make(scene))), None)


def _scenes(passage: Passage, siblings: Sequence[Passage], pool: Pool, random: Random) -> list[Scene]:
    """The statements of a passage, with those before and after them, and the clauses of them."""
    texts = statements(passage)
    scenes = []
    for at, text in enumerate(texts):
        following = texts[at + 1] if at + 1 < len(texts) else ""
        preceding = texts[at - 1] if at else ""
        scenes.append(Scene(text, passage, siblings, pool, random, following, preceding))
        scenes += [Scene(clause, passage, siblings, pool, random) for clause in clauses(text)]
    return scenes
