"""Bylines: «لندن: «الشرق الأوسط»», «كتب: أحمد سالم»."""

from __future__ import annotations

import re

from retrieval.arabic import clean_line, normalize, words
from retrieval.sources.article import line_key, line_keys
from retrieval.sources.credits import AGENCIES

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
_PARTS = re.compile(r"\s*[:–—|،/]\s*|\s+-\s+")
_SIGNED = re.compile(r"(?:كتبت?|بقلم|اعداد|تقرير|تحرير|ترجمه|by) ?: ?\w+(?: [\w.]+){1,4}|by \w+(?: \w+){1,3}")


def is_byline(text: str) -> bool:
    """Whether a line names the writer or the paper in a form that no sentence has.

    «موسكو: «لن نتراجع»» has the form of a byline too and is a headline: the name must be known.
    """
    return _name(text) is not None or bool(_SIGNED.fullmatch(normalize(text).strip()))


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
