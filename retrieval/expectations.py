"""Does a sentence hold what a kind of question expects: a number of the thing counted, a date, a place, a cause, words?"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from retrieval.arabic import stem, words
from retrieval.places import place_named
from retrieval.questions import Question
from retrieval.similarity import FLOOR, similarity

_MONTHS = frozenset(words(
    "يناير فبراير مارس أبريل إبريل مايو يونيو يوليو أغسطس سبتمبر أكتوبر نوفمبر ديسمبر كانون شباط آذار نيسان أيار حزيران تموز"
    " آب أيلول تشرين جانفي فيفري أفريل ماي جوان جويلية أوت محرم صفر رجب شعبان رمضان شوال"
))  # fmt: skip
_DAYS = frozenset(words(
    "السبت الأحد الاثنين الثلاثاء الأربعاء الخميس الجمعة أمس اليوم غدا صباح مساء فجر ليلة ظهر الشهر الأسبوع الماضي المقبل الحالي"
    " الجاري القادم"
))  # fmt: skip
_MOMENTS = frozenset(words("منذ قبل بعد خلال عام سنة عندما كلما حينما"))
"""Words that may lead in a moment, and as often do not."""
_NUMBERS = frozenset(words(
    "واحد واحدة اثنان اثنين اثنتين اثنتان ثلاث ثلاثة أربع أربعة خمس خمسة ست ستة سبع سبعة ثماني ثمانية ثمان تسع تسعة عشر عشرة عشرات"
    " عشرين عشرون ثلاثين ثلاثون أربعين أربعون خمسين خمسون ستين ستون سبعين سبعون ثمانين ثمانون تسعين تسعون مئة مائة مئات مئتين مئتي"
    " ألف آلاف ألفين ألفا ألفان ألفي مليون ملايين مليونين مليار مليارات مليارين تريليون نصف ربع ثلث ثلثي ضعف ضعفي مرتين مرة عقدين شخصين"
    " أول ثاني أحد إحدى اثنا مليونان مليوني ملياران ملياري"
))  # fmt: skip
_YEARS = frozenset(words("عام عاما سنه سنوات سنين اعوام ربيعا"))
_DURATION = frozenset(words("بعد منذ قبل خلال طوال مدى من نحو حوالي زهاء مدة لمدة على قرابة"))
_LENGTHS = frozenset(words("كيلومتر كيلومترا كيلومترات كلم كم متر مترا امتار ميل ميلا اميال سنتيمتر قدم"))
_MONEY = frozenset(words(
    "دولار دولارا دولارات يورو ريال ريالا ريالات جنيه جنيها جنيهات دينار دينارا دنانير درهم درهما دراهم ليره ليرات روبل روبلا فرنك"
    " فرنكا شيكل يوان ين روبيه جنيهين دولارين دينارين مليم قرش سنت"
))  # fmt: skip
_HOURS = frozenset(words("يوم يوما ايام ساعه ساعات دقيقه"))
_TIMES = _YEARS | _HOURS | frozenset(words(
    "عامين سنتين عقد عقدين عقود شهر شهرا شهرين اشهر يومين ساعتين دقايق اسبوع اسبوعين اسابيع قرن"
))  # fmt: skip
_MEASURES = {
    "عمر": _YEARS,
    **dict.fromkeys(words("مسافه بعد ارتفاع عمق"), _LENGTHS),
    "طول": _LENGTHS | _YEARS | _HOURS,
    **dict.fromkeys(words("سعر قيمه تكلفه كلفه ثمن راتب غرامه ميزانيه مبلغ"), _MONEY),
    **dict.fromkeys(words("دفع دفعت يدفع تدفع تقاضي يتقاضي تتقاضي كلف كلفت يكلف تكلف سدد انفق انفقت"), _MONEY),
    "مساحه": frozenset(words("مربع مربعه هكتار هكتارا فدان فدانا دونم دونما كيلومتر كم كلم مليون")),
    **dict.fromkeys(words("نسبه ميه مايه"), frozenset(words("الميه بالميه ميه المايه بالمايه مايه نقطه"))),
    **dict.fromkeys(words("مده دام دامت يدوم تدوم استمر استمرت يستمر تستمر استغرق استغرقت يستغرق تستغرق"), _TIMES),
    "حجم": frozenset(words("جيغا جيغابايت ميغا ميغابايت تيرا بايت طن طنا لتر مليون مليار دولار متر مكعب مكعبا الاف")),
    "سرعه": frozenset(words("كيلومتر كيلومترا ميل ميلا كم عقده")),
    "قوه": frozenset(words("درجه درجات ريختر مقياس")),
    "درجه": frozenset(words("درجه درجات ميويه")),
}
"""What is measured, and the units of which one stands beside the number."""
_COUNTED = {
    **dict.fromkeys(words("عام سنه سنين سنوات"), _YEARS | frozenset(words("عامين سنتين عقد عقدين عقود"))),
    "شهر": frozenset(words("شهر شهرا شهرين اشهر شهور")),
    "يوم": frozenset(words("يوم يوما يومين ايام")),
    "اسبوع": frozenset(words("اسبوع اسبوعا اسبوعين اسابيع")),
    "ساعه": frozenset(words("ساعه ساعتين ساعات")),
    "دقيقه": frozenset(words("دقيقه دقيقتين دقايق")),
    "مره": frozenset(words("مره مرتين مرات")),
    "شخص": frozenset(words("شخص شخصا شخصين اشخاص")),
    **dict.fromkeys(words("سكان متساكني قاطني"), frozenset(words("نسمه ساكن ساكنا مواطن مواطنا شخص"))),
}
"""What is counted (كم شهرا), and its forms, which the light stem does not bring together."""
_INFLECTED = re.compile("(?:ا|ه|ها|هم|هن|ك|ي)?")
_CAUSES = frozenset(words(
    "بسبب لأن لأنه لأنها لأنهم لأننا نتيجة جراء عزا عزت وعزا وعزت أرجع أرجعت يعود تعود خلفية بفضل نظرا خوفا احتجاجا ردا بهدف بعدما سببه"
    " سببها أسباب"
))  # fmt: skip
_PLACE_KINDS = frozenset(words(
    "مدينة المدينة عاصمة العاصمة قرية القرية ملعب الملعب استاد مطار ميناء حي بلدة البلدة منطقة المنطقة محافظة إقليم ولاية قرب جنوب شمال"
    " شرق غرب وسط"
))  # fmt: skip
_SPEECH = frozenset(words(
    "قال قالت يقول تقول أضاف أضافت أكد أكدت صرح صرحت أعلن أعلنت أوضح أوضحت ذكر ذكرت وصف وصفت كتب كتبت اعتبر اعتبرت معتبرا مضيفا مشيرا"
    " تعبير بأنه بأنها واصفا شدد شددت"
))  # fmt: skip
_ERAS = frozenset({"م", "ه", "ق"})
_YEAR = re.compile(r"1[0-9]{3}|20[0-9]{2}")


def read_words(text: str) -> list[str]:
    """The normalised words of a sentence, with signs that stand for a unit (% and ²) as words."""
    return words(text.replace("%", " بالمائة ").replace("٪", " بالمائة ").replace("²", " مربع "))


def expectation_met(question: Question, sentence: str, sentence_words: Sequence[str]) -> float:
    """How well a sentence holds what the question's kind expects, 0..1; 0.5 for kinds that expect nothing to be seen."""
    if question.kind == "how_many":
        return _number(question, sentence_words)
    if question.kind == "when":
        return _date(sentence_words)
    if question.kind == "why":
        return 1.0 if any(bare(word, _CAUSES) for word in sentence_words) else 0.5
    if question.kind == "where":
        return _place(question, sentence_words)
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


def names_measure(question: Question) -> dict[str, frozenset[str]]:
    """The stems of the question that name a measure (عمر، نسبة، مسافة) or a unit counted (كم شهرا), with their units."""
    if question.kind != "how_many":
        return {}
    if question.counted and not _units(question.counted, _MEASURES):
        units = _units(question.counted, _COUNTED)
        return {stem(question.counted): units} if units else {}
    return {stem(word): units for word in question.content if (units := _units(word, _MEASURES))}


def measured(question: Question, sentence_words: Sequence[str]) -> frozenset[str]:
    """Those stems of the question that name a measure whose unit stands beside a number in the sentence."""
    return frozenset(
        stem_
        for stem_, units in names_measure(question).items()
        if (_says_age(sentence_words) if units is _YEARS else _beside_number(units, sentence_words))
    )


def _says_age(sentence_words: Sequence[str]) -> bool:
    """Whether a number of years stands there that no word of duration leads in: (62 عاما), not بعد ثلاث سنوات."""
    return any(
        is_number(number) and unit in _YEARS and before not in _DURATION
        for before, number, unit in zip(["", *sentence_words], sentence_words, sentence_words[1:], strict=False)
    )


def _units(word: str, table: Mapping[str, frozenset[str]]) -> frozenset[str] | None:
    """The units of what a word names, alone or with the article, a pronoun or an ending (العمر، عمره، شهرا)."""
    word = word.removeprefix("ال")
    found = (name for name in table if word.startswith(name) and _INFLECTED.fullmatch(word[len(name) :]))
    return table.get(next(found, ""))


def _beside_number(units: frozenset[str], sentence_words: Sequence[str]) -> bool:
    """Whether a unit stands within two words of a number, or is a dual that is its own number (عقدين، مرتين)."""
    for place, word in enumerate(sentence_words):
        unit = bare(word, units) or word.removeprefix("ال") in units
        if unit and (word.endswith("ين") or any(map(is_number, sentence_words[max(0, place - 2) : place + 3]))):
            return True
    return False


def _number(question: Question, sentence_words: Sequence[str]) -> float:
    """1 when a number stands near the noun counted, or beside its unit; 0.4 for any number; 0 for none."""
    if not any(is_number(word) for word in sentence_words):
        return 0.0
    if measured(question, sentence_words):
        return 1.0
    if question.counted is None or names_measure(question):
        priced = question.priced and _beside_number(_MONEY, sentence_words)
        return 1.0 if priced else 0.4
    counted = stem(question.counted)
    if not _duals(question.counted).isdisjoint(sentence_words):
        return 1.0
    if any(stem(word) == "عدد" for word in sentence_words):
        return 1.0 if any(similarity(stem(word), counted) >= FLOOR for word in sentence_words) else 0.4
    near = (
        word
        for place, number in enumerate(sentence_words)
        if is_number(number)
        for word in sentence_words[max(0, place - 3) : place + 4]
    )
    return 1.0 if any(similarity(stem(word), counted) >= FLOOR for word in near) else 0.4


def _place(question: Question, sentence_words: Sequence[str]) -> float:
    """1 when a sentence names a place that the question does not, or a kind of place; 0.5 otherwise."""
    asked = {place_named(word) for word in question.content}
    names = any((place := place_named(word)) and place not in asked for word in sentence_words)
    return 1.0 if names or any(bare(word, _PLACE_KINDS) for word in sentence_words) else 0.5


def _duals(noun: str) -> frozenset[str]:
    """The dual of a counted noun, which is its own number: جنديا, جنديين."""
    base = noun.removeprefix("ال")
    base = f"{base[:-1]}ت" if base.endswith("ه") else base.removesuffix("ا")
    return frozenset({f"{base}ين", f"{base}ان", f"ال{base}ين", f"ال{base}ان"})


def _date(sentence_words: Sequence[str]) -> float:
    pairs = zip(sentence_words, [*sentence_words[1:], ""], strict=False)
    if any(_YEAR.fullmatch(word) or bare(word, _MONTHS) or (word.isdigit() and mark in _ERAS) for word, mark in pairs):
        return 1.0
    if any(bare(word, _DAYS) for word in sentence_words):
        return 0.6
    return 0.4 if any(bare(word, _MOMENTS) for word in sentence_words) else 0.0
