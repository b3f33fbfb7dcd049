"""Bylines: «لندن: «الشرق الأوسط»», «كتب: أحمد سالم», «موسكو: رائد جبر»."""

from __future__ import annotations

import re

from retrieval.arabic import clean_line, normalize, words
from retrieval.sources.article import line_key, line_keys
from retrieval.sources.credits import AGENCIES
from retrieval.sources.headings import SPEECH

_OUTLET_NAMES = """
الشرق الأوسط|الحياة|النهار|الأهرام|المصري اليوم|الشروق|عكاظ|الرياض|البيان|الخليج|الاتحاد|الرأي|الدستور|الغد|القبس
الجزيرة نت|سكاي نيوز عربية|العربية نت|القدس العربي|العربي الجديد|إندبندنت عربية
"""
_OUTLETS = {line_key(name): name for name in re.split(r"[|\n]", _OUTLET_NAMES) if name}
_CITIES = line_keys("""
لندن|القاهرة|الرياض|جدة|مكة المكرمة|المدينة المنورة|الدمام|بيروت|دمشق|حلب|بغداد|أربيل|عمّان|مسقط|الدوحة|المنامة
أبوظبي|دبي|الشارقة|الكويت|صنعاء|عدن|الخرطوم|بورتسودان|طرابلس|بنغازي|تونس|الجزائر|الرباط|الدار البيضاء|نواكشوط
القدس|رام الله|غزة|تل أبيب|واشنطن|نيويورك|باريس|برلين|روما|مدريد|بروكسل|جنيف|فيينا|موسكو|كييف|أنقرة|إسطنبول
طهران|إسلام آباد|نيودلهي|بكين|طوكيو|سيول|بيونغ يانغ|لاهاي|أثينا|وارسو|برشلونة|ميونيخ|زيوريخ|مقديشو|نيروبي
أديس أبابا|الإسكندرية|كابل|دافوس|يريفان|باكو|تبليسي|أبوجا|داكار|برازيليا|سيدني|ملبورن|مانشستر|ميلانو
""")
_GIVEN_NAMES = frozenset(
    words("""
أحمد محمد محمود مصطفى علي حسن حسين عمر عثمان خالد سعيد سعد سامي سامر سمير سلمان سليمان سلوى سارة سناء سهى سهير سوسن
رائد رامي رانيا راغدة رضا رندة ريم رياض رشا رشيد رفيق رنا زياد زينب زكي زهير طارق طلال طه طوني عادل عامر عباس عبد عبدالله
عبدالرحمن عبدالعزيز عبدالهادي عزة عصام علاء عماد عمرو عيسى غازي غادة غسان فؤاد فادي فاطمة فايزة فتحي فراس فهد فيصل فيفيان
قاسم كارولين كريم كفاح كمال كميل لؤي لمى لميس لينا ليلى ليال مازن ماجد مالك ماهر مجدي مروان مروة مريم معتز منى منير منذر
مها موسى ميشال ميسون نادر نادية نبيل نجلاء نجوى ندى نذير نزار نسرين نضال نور نورا نوال هاني هبة هدى هشام هند هيثم هيفاء وائل
وليد وسام وفاء ياسر ياسمين ياسين يحيى يعقوب يوسف يونس إبراهيم إسماعيل إلياس إيلي إيمان إيناس أسامة أسماء أشرف أكرم
أمل أمير أمين أميرة أنس أنور أيمن إياد إيهاب آمال باسم باسل بدر بشار بشير بلال بولا بهاء تامر تركي ثائر جاد جابر جمال جميل
جميلة جهاد جورج جوزيف جيهان حازم حاتم حبيب حسام حمدي حمزة حنان خليل خيرالله داليا دانا داود دعاء ديانا دينا شادي شادية شريف
شوقي شيماء صالح صلاح صفاء ضياء نهى هالة لبنى ماري مارون ناصر نايف نبيه سيف شاكر صادق صبري صبحي عاطف عارف عدنان عزيز عفاف
""")
)
_NOT_NAMES = SPEECH | frozenset(
    words("""
لن لا لم لما لكن ليس ليست هل قد سوف ما كيف لماذا أين متى في من على إلى عن مع بعد قبل بين ضد نحو حول دون وسط خلال تحت منذ حتى
هذا هذه ذلك تلك هو هي هم نحن أنا كل أو أم إن أن إذا كان كانت بلا عبر أمام وراء خلف رغم بسبب
""")
)
_PERSON = re.compile(r"(?P<place>[^:،.«»\"“”()]+):(?P<name>[^:،.!؟?…«»\"“”()/|\d]+)")
_FATHATAN = "\u064b"
_PARTS = re.compile(r"\s*[:–—|،/]\s*|\s+-\s+")
_SIGNED = re.compile(r"(?:كتبت?|بقلم|اعداد|تقرير|تحرير|ترجمه|by) ?: ?\w+(?: [\w.]+){1,4}|by \w+(?: \w+){1,3}")


def is_byline(text: str) -> bool:
    """Whether a line names the writer or the paper in a form that no sentence has.

    «موسكو: «لن نتراجع»» has the form of a byline too and is a headline: the name must be known.
    """
    return _name(text) is not None or bool(_SIGNED.fullmatch(normalize(text).strip()))


def is_person_byline(text: str, *, dated: bool) -> bool:
    """Whether a line is «موسكو: رائد جبر», by two of three: a known place, a known given name, a date below.

    «غزة: هدنة مؤقتة» has the same form, so the words must be such that they may be a name.
    """
    match = _PERSON.fullmatch(clean_line(text))
    if not match or _FATHATAN in text:
        return False
    place, name = words(match["place"]), words(match["name"])
    known = line_key(match["place"]) in _CITIES
    if not 1 <= len(place) <= (3 if known else 2) or not 2 <= len(name) <= 4:
        return False
    if not _NOT_NAMES.isdisjoint([*place, *name]) or name[0].startswith("ال") or not _may_be_names(name):
        return False
    feminine = all(word.endswith("ه") for word in name)
    return not feminine and known + (name[0] in _GIVEN_NAMES) + dated >= 2


def _may_be_names(found: list[str]) -> bool:
    """Whether by their letters the first word is no regular plural, and none a verb of the present or one letter."""
    if found[0] not in _GIVEN_NAMES and found[0].endswith(("ات", "ون", "ين")):
        return False
    verbs = any(word.startswith("ي") and len(word) > 3 and word not in _GIVEN_NAMES for word in found)
    return not verbs and all(len(word) > 1 for word in found)


def outlet_of(text: str) -> str | None:
    """The paper that a byline names, if it is a known one; an agency is not the paper."""
    return _OUTLETS.get(_name(text) or "")


def _name(text: str) -> str | None:
    """The key of the paper or agency at the end of a byline: after one to three places, or alone in quotation marks."""
    *places, name = _PARTS.split(clean_line(text))
    key = line_key(name)
    if (key not in _OUTLETS and key not in AGENCIES) or len(places) > 3:
        return None
    if not places:
        return key if name.startswith("«") else None
    placed = all(len(words(place)) <= 3 for place in places) and any(line_key(place) in _CITIES for place in places)
    return key if placed else None
