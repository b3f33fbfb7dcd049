"""Does a sentence hold what a kind of question expects: a number of the thing counted, a date, somebody's words?

Causes and places are left out: looking for their prepositions and conjunctions did not help on the train sets.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from retrieval.arabic import stem, words
from retrieval.questions import Question
from retrieval.similarity import FLOOR, similarity

_MONTHS = frozenset(words(
    "يناير فبراير مارس أبريل إبريل مايو يونيو يوليو أغسطس سبتمبر أكتوبر نوفمبر ديسمبر كانون شباط آذار نيسان أيار حزيران تموز"
    " آب أيلول تشرين جانفي فيفري أفريل ماي جوان جويلية أوت محرم صفر رجب شعبان رمضان شوال"
))  # fmt: skip
_DAYS = frozenset(words(
    "السبت الأحد الاثنين الثلاثاء الأربعاء الخميس الجمعة أمس اليوم غدا صباح مساء فجر ليلة ظهر الشهر الأسبوع الماضي المقبل الحالي"
    " الجاري القادم منذ قبل بعد خلال عام سنة عندما"
))  # fmt: skip
_NUMBERS = frozenset(words(
    "واحد واحدة اثنان اثنين اثنتين اثنتان ثلاث ثلاثة أربع أربعة خمس خمسة ست ستة سبع سبعة ثماني ثمانية ثمان تسع تسعة عشر عشرة عشرات"
    " عشرين عشرون ثلاثين ثلاثون أربعين أربعون خمسين خمسون ستين ستون سبعين سبعون ثمانين ثمانون تسعين تسعون مئة مائة مئات مئتين مئتي"
    " ألف آلاف ألفين ألفا مليون ملايين مليونين مليار مليارات مليارين تريليون نصف ربع ثلث ثلثي ضعف ضعفي مرتين مرة عقدين شخصين أول ثاني"
))  # fmt: skip
_UNITS = {
    "عمر": "عام عاما سنه سنوات اعوام ربيعا",
    "مسافه": "كيلومتر كيلومترا كلم كم متر مترا ميل ميلا",
    "بعد": "كيلومتر كيلومترا كلم كم متر مترا ميل ميلا",
    "طول": "كيلومتر كيلومترا كلم كم متر مترا سنتيمتر ميل",
    "ارتفاع": "متر مترا كيلومتر سنتيمتر قدم",
    "عمق": "كيلومتر كيلومترا متر مترا",
    "مساحه": "مربع هكتار فدان",
    "نسبه": "الميه بالميه ميه المايه بالمايه نقطه",
    "سعر": "دولار دولارا يورو ريال جنيه دينار درهم ليره روبل",
    "قيمه": "دولار يورو ريال جنيه دينار درهم ليره مليون مليار",
    "تكلفه": "دولار يورو ريال جنيه دينار درهم ليره مليون مليار",
    "مده": "عام سنه شهر يوم ساعه دقيقه اسبوع اشهر ايام سنوات اعوام ساعات دقايق",
    "سرعه": "كيلومتر ميل كم",
    "قوه": "درجه ريختر",
    "درجه": "درجه ميويه",
}  # fmt: skip
_SPEECH = frozenset(words(
    "قال قالت يقول تقول أضاف أضافت أكد أكدت صرح صرحت أعلن أعلنت أوضح أوضحت ذكر ذكرت وصف وصفت كتب كتبت اعتبر اعتبرت معتبرا مضيفا مشيرا"
    " تعبير بأنه بأنها واصفا شدد شددت"
))  # fmt: skip
_YEAR = re.compile(r"1[0-9]{3}|20[0-9]{2}")


def expectation_met(question: Question, sentence: str, sentence_words: Sequence[str]) -> float:
    """How well a sentence holds what the question's kind expects, 0..1; 0.5 for kinds that expect nothing to be seen."""
    if question.kind == "how_many":
        return _number(question, sentence_words)
    if question.kind == "when":
        return _date(sentence_words)
    if question.kind == "said":
        speech = any(bare(word, _SPEECH) for word in sentence_words)
        return 0.5 * speech + 0.5 * ("«" in sentence or '"' in sentence)
    return 0.5


def bare(word: str, known: frozenset[str]) -> bool:
    """Whether a word, or the word without a proclitic letter, is among the known ones."""
    return word in known or (len(word) > 3 and word[0] in "وبلفك" and word[1:] in known)


def is_number(word: str) -> bool:
    """Whether a normalised word is a number, in digits or as a word, with or without proclitics."""
    return word.isdigit() or bare(word, _NUMBERS) or (word.startswith("ال") and word[2:] in _NUMBERS)


def names_measure(question: Question) -> dict[str, str]:
    """The stems of the question that name a measure (عمر، نسبة، مسافة), each with its units."""
    return {stem(word): _UNITS[name] for word in question.content if (name := _measure(word))}


def measured(question: Question, sentence_words: Sequence[str]) -> frozenset[str]:
    """Those stems of the question that name a measure whose unit stands beside a number in the sentence."""
    return frozenset(
        stem_
        for stem_, units in names_measure(question).items()
        if _beside_number([stem(unit) for unit in units.split()], sentence_words, within=2)
    )


def _measure(word: str) -> str | None:
    """The measure a word names, alone or with the article or a pronoun (العمر، عمره)."""
    word = word.removeprefix("ال")
    return next(
        (name for name in _UNITS if word == name or (word[: len(name)] == name and len(word) <= len(name) + 3)), None
    )


def _number(question: Question, sentence_words: Sequence[str]) -> float:
    """1 when a number stands near the noun counted, or beside its unit; 0.4 for any number; 0 for none."""
    if not any(is_number(word) for word in sentence_words):
        return 0.0
    if measured(question, sentence_words):
        return 1.0
    if question.counted is None or question.counted in _UNITS:
        return 0.4
    return 1.0 if _beside_number([stem(question.counted)], sentence_words, within=3) else 0.4


def _beside_number(stems: Sequence[str], sentence_words: Sequence[str], *, within: int) -> bool:
    numbers = [place for place, word in enumerate(sentence_words) if is_number(word)]
    return any(
        similarity(stem(word), stem_) >= FLOOR
        for number in numbers
        for word in sentence_words[max(0, number - within) : number + within + 1]
        for stem_ in stems
    )


def _date(sentence_words: Sequence[str]) -> float:
    if any(_YEAR.fullmatch(word) or bare(word, _MONTHS) for word in sentence_words):
        return 1.0
    return 0.6 if any(bare(word, _DAYS) for word in sentence_words) else 0.0
