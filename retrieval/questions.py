"""What a question asks for: its telling words, the kind of answer it expects, and whether it is a question at all."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from retrieval.arabic import is_stop_word, normalize, stem, words
from retrieval.frequency import weight
from retrieval.planted import is_planted
from retrieval.translation import in_arabic, names
from retrieval.types import Reason

Kind = Literal["who", "when", "where", "how_many", "why", "how", "said", "what"]

_KINDS: tuple[tuple[Kind, str], ...] = (
    ("when", r"\b(?:و?متي|امتي|امتا|ايمتي|وقتاش|when)\b|\b(?:في|ب)? ?اي (?:عام|سنه|يوم|تاريخ|شهر|وقت|ساعه|موسم|قرن)\b"
             r"|\b(?:ما|ماهو|كم|هو) ?(?:تاريخ|موعد)\b"),
    ("how_many", r"\b(?:و?بكم|و?كم|كام|قديش|قداش|how (?:many|much|old|far|long))\b|\bعلي اي (?:مسافه|بعد|ارتفاع|عمق)\b"
                 r"|\b(?:ما|ماهو|ماهي|هو|هي|شو) ?(?:ال)?(?:عدد|نسبه|قيمه|مساحه|سعر|طول|ارتفاع|عمر|حجم|معدل|كميه|تكلفه|مبلغ"
                 r"|مسافه|سرعه|قوه|درجه|حصيله|ميزانيه|راتب|ثمن|كلفه|غرامه|مده)\b"),
    ("said", r"\b(?:ماذا|ما ?الذي|ما|بماذا|شو|شنو|وش|ايش|ايه|بم|بما|كيف) (?:قال|قالت|صرح|صرحت|وصف|وصفت|علق|علقت|اعلن|اعلنت"
             r"|اكد|اكدت|رد|ردت|ذكر|ذكرت|اضاف|اضافت|كتب|كتبت|طالب|طالبت|راي|قاله|قالته|سمي|خاطب|برر|بررت)\b"),
    ("why", r"\b(?:و?لماذا|و?ليش|و?ليه|علاش|why)\b|^لم\b|\b(?:ما|ماهو|ماهي|هو|هي|شو) (?:ال)?(?:سبب|اسباب|دافع|دوافع|هدف)\b"),
    ("where", r"\b(?:و?اين|و?وين|و?فين|where)\b|\b(?:في|الي|من|ب) ?(?:اي|ايه) (?:مدينه|دوله|بلد|منطقه|مكان|قاره|محافظه|ملعب"
              r"|عاصمه|قريه|موقع|حي|ولايه|اقليم|مطار|ميناء|مينا|شارع|قاعه|بحر)\b"),
    ("who", r"^(?:و?من|و?مين|منو|لمن|who|whom)\b|\b(?:من|مين) (?:هو|هي|هم|الذي|التي|اللي)\b|\bمين\b"
            r"|\b(?:ما|ماهو) اسم\b"),
    ("how", r"\b(?:و?كيف|ازاي|شلون|كيفيه|how)\b"),
)  # fmt: skip
_QUOTED = re.compile(r"[«\"“]([^»\"”]{3,})[»\"”]")
_IDENTITY = re.compile(
    r"^(?:و?من|و?مين|منو) (?:هو|هي|هم|يكون|تكون|كان|كانت)\b(?!.*\b(?:الذي|التي|اللي|يلي)\b)|^who (?:is|was)\b"
)
_AFTER_HOW_MANY = re.compile(r"\b(?:و?كم|كام|قديش|قداش|ما|ماهو)(?: \w+)? عدد (\w+)|\b(?:و?كم|كام|قديش|قداش) (\w+)")

_GREETING = re.compile(
    r"^(?:مرحبا|مراحب|اهلا|اهلين|هلا|السلام عليكم|سلام عليكم|صباح الخير|صباح النور|مسا الخير|مسا النور|شكرا|مشكور|تسلم|يعطيك العافيه"
    r"|وداعا|مع السلامه|باي|كيف حالك|كيف الحال|شلونك|ازيك|شو اخبارك|hi|hello|hey|thanks|thank you|good morning|good evening"
    r"|bye|salam|how are you)\b"
)
_PLEASANTRY = frozenset(words(
    "مرحبا بك لك أهلا وسهلا يا السلام سلام عليكم عليك ورحمة الله وبركاته صباح مساء الخير النور شكرا جزيلا كثيرا جدا مشكور تسلم يعطيك"
    " العافية وداعا مع السلامة باي حالك الحال اليوم أخبارك عامل صديقي بوت دليل hi hello hey thanks thank you good morning evening bye"
    " how are there very much تفعل تعمل تفعله تعمله تسوي تقدم تساعدني مساعدتي بتعرف تعرف بتقدر تستطيع تقدر يمكنك بتعمل اسمك do help me you"
))  # fmt: skip
_ABOUT_DALIL = re.compile(
    r"^(?:و?(?:من|مين|منو) (?:انت|انتي|تكون|حضرتك)\b|(?:ما|شو|ايش) (?:اسمك|هو اسمك)|(?:ماذا|شو|ايش|ما الذي) (?:تستطيع|تقدر|بتقدر|بتعرف"
    r"|يمكنك|بتعمل)\b|who are you|what are you|what can you do)"
)
_INSTRUCTIONS = re.compile(
    r"\b(?:تجاهل|انس|انسي|اهمل|تخط|تخطي|الغ|الغي|خالف|اكسر)\w*\b.{0,40}\b(?:ال)?(?:تعليم|اوامر|قواعد|قيود|ارشاد|توجيه|ما سبق|ما قيل)"
    r"|\b(?:اعداداتك|تعليماتك|برمجتك|قواعدك)\b|\b(?:تجاهل|انس|انسي|اترك) (?:دورك|شخصيتك|مهمتك|وظيفتك)\b"
    r"|\b(?:بلا|بدون|دون) قيود\b|^system\b|\bمن الان فصاعدا انت\b|\b(?:من|علي) (?:معلوماتك|معرفتك|خيالك)\b"
    r"|\b(?:اكتب|اعرض|اطبع|كرر|انسخ)\w*\b.{0,60}\b(?:قبل هذه الرساله|هذه المحادثه حرفيا)\b"
    r"|\b(?:ال)?(?:تعليمات|تعليماتك|اوامر|برومبت|توجيهات)\w*\b.{0,20}\b(?:الخاصه بك|النظام|الاصليه|الداخليه|السريه)"
    r"|\b(?:اكتب|اعرض|اطبع|اكشف|اظهر|اعطني|كرر|انسخ)\w*\b.{0,30}(?:تعليماتك|نص التعليمات|موجه النظام|رساله النظام|البرومبت)"
    r"|\b(?:ignore|disregard|forget)\b.{0,40}\b(?:instructions?|rules|above|previous|prompt)"
    r"|\b(?:system prompt|developer mode|jailbreak|your (?:instructions|prompt|rules))\b"
    r"|\b(?:تظاهر|تصرف|تقمص|اعتبر نفسك)\b.{0,30}\b(?:كانك|بانك|انك|دور)\b|\b(?:you are now|pretend (?:to be|you)|act as)\b"
)


@dataclass(frozen=True, slots=True)
class Question:
    """A question taken apart. `stems` and `weights` (0..1, how telling each is in general Arabic) go together."""

    text: str
    kind: Kind
    content: tuple[str, ...]
    """Normalised words that carry the topic; all words when there are none such."""
    stems: tuple[str, ...]
    weights: tuple[float, ...]
    own: int
    """How many of the stems are the question's own; the others are carried over from the conversation."""
    quoted: tuple[str, ...]
    """Normalised phrases the question gives in quotation marks."""
    counted: str | None
    """The normalised noun that كم counts (كم جنديا, كم عدد الجنود)."""
    priced: bool
    """Whether it asks بكم, for how much."""
    identity: bool
    """Whether it asks who somebody is (من هو وزير الخارجية)."""
    names: tuple[tuple[str, ...], ...] = ()
    """Names it gives in Latin letters, each as the normalised ways to write it."""

    def without(self, left_out: Collection[str]) -> Question:
        """The same question without some of its words, normalised; with all of them left out, as it is."""
        stems_out = {stem(word) for word in left_out}
        kept = [at for at, stem_ in enumerate(self.stems) if at >= self.own or stem_ not in stems_out]
        if not kept:
            return self
        return replace(
            self,
            content=tuple(word for word in self.content if word not in left_out) or self.content,
            stems=tuple(self.stems[at] for at in kept),
            weights=tuple(self.weights[at] for at in kept),
            own=sum(at < self.own for at in kept),
        )

    def weighed(self, values: Sequence[float]) -> float:
        """The mean of one value a stem, each weighed by how telling its stem is."""
        total = sum(self.weights)
        return sum(w * v for w, v in zip(self.weights, values, strict=True)) / total if total else 0.0


CARRIED = 0.4
"""What a word carried over from an earlier question weighs, of what it weighs in its own."""


def analyse(question: str, carried: Sequence[str] = ()) -> Question:
    """The question as the scorers need it; `carried` are normalised words of the conversation that it is about.

    One in Latin letters is taken in Arabic words.
    """
    text = question if is_arabic(question) else in_arabic(question)
    normal = " ".join(words(text))
    content = tuple(dict.fromkeys(word for word in words(text) if not is_stop_word(word))) or tuple(words(text))
    stems = tuple(dict.fromkeys(stem(word) for word in content))
    extra = tuple(dict.fromkeys(stem_ for word in carried if (stem_ := stem(word)) not in stems))
    return Question(
        text=question,
        kind=next((kind for kind, pattern in _KINDS if re.search(pattern, normal)), "what"),
        content=content,
        stems=(*stems, *extra),
        weights=(*(weight(stem_) for stem_ in stems), *(CARRIED * weight(stem_) for stem_ in extra)),
        own=len(stems),
        quoted=tuple(" ".join(words(phrase)) for phrase in _QUOTED.findall(text)),
        counted=_counted(normal),
        priced=bool(re.search(r"\bو?بكم\b", normal)),
        identity=bool(_IDENTITY.search(normal)),
        names=tuple(names(question)),
    )


def _counted(normal: str) -> str | None:
    """The noun after كم or كم عدد: it stands in the accusative (جنديا) or ends in ه (مرة); verbs and prices do not count."""
    found = _AFTER_HOW_MANY.search(normal)
    if found is None:
        return None
    noun = found[1] or found[2]
    if is_stop_word(noun) or len(noun) < 3:
        return None
    return noun if found[1] or noun[-1] in "اه" else None


def not_a_question(text: str) -> Reason | None:
    """Why a text is not for the articles to answer: a greeting, a word about the program, an attempt to command it."""
    normal = " ".join(words(text))
    if _INSTRUCTIONS.search(normal) or is_planted(text):
        return "instructions"
    if (about := _ABOUT_DALIL.match(normal)) and not _telling(normal[about.end() :].split()):
        return "small_talk"
    if _GREETING.match(normal):
        return "small_talk" if len(_telling(normal.split())) <= 1 else None
    return None


def _telling(found: Sequence[str]) -> list[str]:
    """The words that are neither stop words nor part of a pleasantry."""
    return [word for word in found if word not in _PLEASANTRY and not is_stop_word(word)]


def is_arabic(text: str) -> bool:
    """Whether a text is to be answered in Arabic: at least 3 in 10 of its letters are Arabic (من هو Kim Jong Un؟)."""
    letters = [char for char in normalize(text) if char.isalpha()]
    return sum("\u0600" <= char <= "\u06ff" for char in letters) * 10 >= len(letters) * 3
