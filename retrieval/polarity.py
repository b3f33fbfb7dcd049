"""Do a claim and a sentence say yes and no to the same? Negations, denials, hypotheses and opposites, by fixed lists."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from retrieval.arabic import stem, words
from retrieval.relations import forms_of

_NEGATIONS = frozenset(words(
    "ما وما فما لم لن لا ليس ليست ليسوا ليسا لست لسنا غير دون بدون بلا عدم ولم ولن ولا وليس وليست فلم فلن فلا بعدم لعدم وعدم"
    " دونما مش مو ألا لئلا"
    " not never no without nor"
))  # fmt: skip
_DENIALS = frozenset(stem(word) for word in words(
    "نفى نفت ينفي تنفي نفي نفيه أنكر أنكرت ينكر تنكر إنكار كذب كذبت تكذيب رفض رفضت يرفض ترفض رفضه رفضها استبعد استبعدت يستبعد تستبعد"
    " فشل فشلت يفشل تفشل إخفاق أخفق أخفقت امتنع امتنعت يمتنع تمتنع"
))  # fmt: skip
_FRAMES = frozenset(words(
    "إذا لو ربما لعل قد محتمل محتملا محتملة يحتمل زعم زعمت يزعم تزعم مزاعم ادعى ادعت يدعي ادعاء هدد هددت يهدد تهدد توعد توعدت يعتزم تعتزم"
    " اعتزامه ينوي تنوي يخطط تخطط شائعات شائعة إشاعات مزعوم مزعومة كأن ليت توقع توقعت يتوقع تتوقع طالب طالبت يطالب دعا دعت يدعو تدعو"
))  # fmt: skip
"""Words that make what follows a supposition, a threat, an allegation or a wish; dropped, a fact is left."""
_STILL = frozenset(words("يزال تزال يزالون يزل تزل زال سيما بد شك ريب بأس غرو جدال"))
"""Words after لا and لم that make no negation of them: لا يزال، لا سيما، لا بد."""
_OPPOSITE_EVENTS = (
    ("ارتفع صعد زاد ازداد نما قفز ارتفاع زيادة صعود نمو", "انخفض هبط تراجع نقص تقلص انخفاض هبوط نقصان"),
    ("فاز فوز انتصر تغلب", "خسر خسارة انهزم هزيمة"), ("كسب ربح", "خسر"),
    ("وافق موافقة أيد تأييد رحب ترحيب", "رفض رفضت عارض معارضة أدان ندد انتقد"),
    ("انطلق افتتح", "اختتم توقف"), ("نجح نجاح", "فشل أخفق"), ("سمح", "منع حظر"), ("فتح", "أغلق"), ("أكد تأكيد", "نفى أنكر"),
    ("اعتقل اعتقال", "أفرج إفراج"), ("استقال أقيل", "تعيين"), ("تصدير", "استورد استيراد"), ("تأجيل تأجل أجل أرجئ", "تقديم قدم"),
    ("شهد حضر", "غاب تغيب"), ("باع بيع", "اشترى شراء"), ("حليف", "عدو"), ("انضم انضمام", "انسحب انسحاب"),
)  # fmt: skip
_OTHER_OPPOSITES = (
    ("قبل", "بعد"), ("أكثر أكبر أعلى", "أقل أصغر أدنى"), ("أول أولى", "آخر أخيرة"), ("بدأ بداية", "انتهى نهاية"),
    ("دخل دخول", "خرج خروج غادر مغادرة"), ("شرق شرقي", "غرب غربي"), ("شمال شمالي", "جنوب جنوبي"), ("يمين يميني", "يسار يساري"),
    ("داخل", "خارج"), ("قتل مقتل", "نجا إنقاذ أنقذ"), ("تقدم", "تأخر"), ("قوي", "ضعيف"), ("جديد", "قديم"), ("إيجابي", "سلبي"),
    ("مع", "ضد"), ("فوق", "تحت"), ("زوج", "زوجة"), ("والد أب", "ابن ولد"), ("مدين", "دائن"), ("يسبق", "يلي"), ("قبل", "رفض"),
)  # fmt: skip


def agree(claim: Sequence[str], sentence: Sequence[str], region: range) -> bool:
    """Whether a claim, as tokens, denies and supposes as much as the part of the sentence, a range of tokens, it is about.

    Two words before the part belong to it; a word of supposition or denial reaches further, from its place to the end.
    """
    start = max(0, region.start - 2)
    part = sentence[start : region.stop]
    if negations(claim) != negations(part):
        return False
    before = {form for form in map(_frame, sentence[:start]) if form}
    return not before or any(map(_frame, claim))


def opposed(missing: Sequence[str], present: Sequence[str], *, events_only: bool = False) -> bool:
    """Whether a word that a sentence lacks is the opposite of one that it has; both are normalised words.

    `events_only` leaves out pairs that stand side by side in a text that contradicts nothing: before and after, east and west.
    """
    has = frozenset(form for word in present for form in forms_of(word))
    table = _opposites(events_only)
    return any(not has.isdisjoint(table.get(form, ())) for word in missing for form in forms_of(word))


def negations(tokens: Sequence[str]) -> int:
    """How many times the tokens of a text deny: particles, those in a row once, and verbs such as نفى and رفض."""
    around = zip(["", *tokens], tokens, [*tokens[1:], ""], strict=False)
    denying = sum(
        token in _NEGATIONS and before not in _NEGATIONS and after not in _STILL for before, token, after in around
    )
    return denying + sum(stem(token) in _DENIALS for token in tokens if token not in _NEGATIONS)


def _frame(token: str) -> str | None:
    for form in (token, token[1:] if token[:1] in "وف" else token):
        if form in _FRAMES or stem(form) in _DENIALS:
            return form
    return None


@lru_cache(maxsize=2)
def _opposites(events_only: bool) -> dict[str, frozenset[str]]:
    table: dict[str, frozenset[str]] = {}
    for pair in _OPPOSITE_EVENTS if events_only else _OPPOSITE_EVENTS + _OTHER_OPPOSITES:
        sides = [frozenset(form for word in words(side) for form in forms_of(word)) for side in pair]
        for own, other in (sides, sides[::-1]):
            for form in own:
                table[form] = table.get(form, frozenset()) | other
    return table
