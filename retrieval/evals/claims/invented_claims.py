"""False claims: what no sentence of the passage says, alone or after one that is true."""

from __future__ import annotations

import re
from collections.abc import Mapping

from retrieval.arabic import normalize
from retrieval.evals.claims.name_claims import FALSE_NAMES
from retrieval.evals.claims.names import people_in, places_in
from retrieval.evals.claims.number_claims import FALSE_NUMBERS
from retrieval.evals.claims.scene import Maker, Scene, after_and, overlap, parted, without_stop
from retrieval.evals.claims.vocabulary import WOMEN, keyed
from retrieval.types import Passage

FOREIGN = 0.5
"""A sentence of another passage counts as false here when the passage holds less of its content stems than this."""

_OF_PEOPLE = (
    ("أعلن {man} استقالته من منصبه", "أعلنت {woman} استقالتها من منصبها", "استقال|إقال|تنح"),
    ("وقّع {man} اتفاقًا جديدًا مع الحكومة", "وقّعت {woman} اتفاقًا جديدًا مع الحكومة", "اتفاق|اتفق|وقع|عقد|إمضاء"),
    ("التقى {man} رئيس البنك الدولي", "التقت {woman} رئيس البنك الدولي", "بنك|البنوك|التقى"),
    ("نُقل {man} إلى المستشفى بعد وعكة صحية", "نُقلت {woman} إلى المستشفى بعد وعكة صحية", "مستشف|مصح|نقل|علاج"),
    ("دعا {man} إلى مقاطعة الانتخابات", "دعت {woman} إلى مقاطعة الانتخابات", "انتخاب|مقاطع|اقتراع"),
)
_OF_PLACES = (
    ("قُتل عشرون شخصًا في {place}", "قتل|مقتل|قتيل|وفاة|ضحي|لقي"),
    ("أُغلقت المدارس في {place} بسبب الثلوج", "ثلوج|ثلج|مدارس|دروس"),
    ("ضرب زلزال عنيف {place}", "زلزال|هزة|زلازل|رصد الجوي"),
    ("تظاهر الآلاف في {place} ضد الحكومة", "تظاهر|مظاهر|احتج|محتج|مسير|وقفة|اعتصام|إضراب"),
    ("افتُتح مطار جديد في {place}", "مطار|رحل"),
)


def _template(scene: Scene) -> str | None:
    """An event that the passage does not tell, with a name that it holds."""
    held = normalize(scene.passage.text)
    options = []
    for person in people_in(scene.passage.text):
        woman = person.words[0].key in WOMEN
        for man_said, woman_said, told in _OF_PEOPLE:
            if not re.search(normalize(told), held):
                options.append((woman_said if woman else man_said).format(man=person.text, woman=person.text))
    for place in places_in(scene.passage.text):
        options += [text.format(place=place.text) for text, told in _OF_PLACES if not re.search(normalize(told), held)]
    return f"{scene.random.choice(options)}." if options else None


def _elsewhere(scene: Scene) -> str | None:
    """A sentence of another article that names the same person or place."""
    names = [
        *(person.text for person in people_in(scene.passage.text)),
        *(place.text for place in places_in(scene.passage.text)),
    ]
    own = scene.passage.source.article_id
    sentences = [text for name in names for article, text in scene.pool.naming.get(name, ()) if article != own]
    for text in scene.random.sample(sentences, min(5, len(sentences))):
        if overlap(text, scene.passage) < FOREIGN:
            return text
    return None


def _mixed(scene: Scene) -> str | None:
    """A true sentence, and after it something false."""
    makers: Mapping[str, Maker] = {**FALSE_NUMBERS, **FALSE_NAMES}
    false = _template(scene)
    if scene.following and scene.random.random() < 0.5:
        second = Scene(scene.following, scene.passage, scene.siblings, scene.pool, scene.random)
        wanted = scene.random.sample(sorted(makers), len(makers))
        false = next((text for kind in wanted if (text := makers[kind](second))), false)
    if not false:
        return None
    return f"{without_stop(scene.text)} {after_and(false)}"


FALSE_INVENTED: dict[str, Maker] = {
    "invented/template": _template,
    "invented/other article": _elsewhere,
    "mixed/second half": _mixed,
}

_POINTING = keyed("هذا هذه ذلك تلك هو هي هم كما أيضا كذلك")


def elsewhere(scene: Scene, passages: list[Passage]) -> Passage | None:
    """One of the passages that does not say what a sentence says; None for a sentence that says too little to tell."""
    if parted(scene.words[0].key)[1] in _POINTING:
        return None
    options = [other for other in passages if other.id != scene.passage.id]
    for other in scene.random.sample(options, min(5, len(options))):
        if overlap(scene.text, other) < FOREIGN:
            return other
    return None
