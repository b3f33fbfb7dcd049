"""Captions of pictures, told from text by the credit in parentheses at their end: (أ.ف.ب), (حساب الوزارة على «إكس»)."""

from __future__ import annotations

import re

from retrieval.arabic import clean_line, normalize, words
from retrieval.sources.article import line_key, line_keys
from retrieval.sources.dates import MONTHS
from retrieval.sources.headings import ends_sentence, is_heading, is_one_sentence

CAPTION_LENGTH = 400
"""The longest caption of the seed articles has 171 characters; agencies' own captions reach twice that."""

AGENCIES = line_keys("""
أ.ف.ب|أ.ب|إ.ب.أ|د.ب.أ|أ.ش.أ|ي.ب.أ|رويترز|أسوشييتد برس|أسوشيتد برس|فرانس برس|الفرنسية|الأوروبية|الألمانية|الأناضول
وكالة الصحافة الفرنسية|واس|وام|قنا|كونا|بنا|العمانية|سانا|وفا|سبأ|بترا|نوفا|واج|وات|لانا|ماب|نينا|واع|شينخوا|تاس|سبوتنيك
نوفوستي|إرنا|إيسنا|تسنيم|فارس|مهر|كيودو|يونهاب|بلومبرغ|إفي|أنسا|زوما|بي إيه|إي بي إيه|غيتي|جيتي|غيتي إيميجز
شاترستوك|آيستوك|آي ستوك|بيكسلز|بيكساباي|غوغل|ويكيبيديا|ناسا|الشرق الأوسط
afp|epa|reuters|ap|upi|dpa|efe|ansa|tass|xinhua|anadolu|aa|spa|wam|kuna|getty|getty images|bloomberg|nasa|shutterstock
istock|pexels|pixabay|unsplash|kyodo|yonhap|imago|zuma
""")
_ORIGINS = line_keys("""
أرشيفية|أرشيف|أرشيفي|متداولة|متداول|إنترنت|الإنترنت|من المصدر|خاص|خاصة|الرئاسة
archive|file|file photo|handout|courtesy|social media
""")
_TELLING_WORDS = frozenset(
    words("""
أرشيفية أرشيف متداولة تصوير عدسة إكس تويتر فيسبوك إنستغرام تلغرام يوتيوب رويترز الأناضول غيتي afp epa reuters getty
""")
)
_FIRST_WORDS = frozenset(
    words("""
حساب موقع الموقع صفحة منصة تصوير عدسة وكالة المكتب مكتب المركز الديوان الرئاسة رئاسة وزارة الوزارة صورة الصورة
لقطة مقطع فيديو قناة تلفزيون التلفزيون صحيفة شركة الشركة نادي النادي اتحاد الاتحاد سفارة مؤسسة هيئة الهيئة إعلام
الإعلام بلدية متحف الجيش courtesy photo
""")
)
_CREDIT = re.compile(r"(?<=\S)\s*[(\[)]([^()\[\]]{1,80})[)\](]\s*$")
"""Either bracket at either end: in text of two directions they are often turned around."""
_PARTS = re.compile(r" [-–—] |\s*[/|،,]\s*")
_WORD_LIMIT = 8
_PICTURE = re.compile(
    r"صوره (?:ارشيفيه|من|نشرتها|نشرها|وزعتها|وزعها|تعبيريه|متداوله|توضيحيه|جويه|تذكاريه|مركبه|ملتقطه)\b"
    r"|صوره (?:عامه|تظهر|ماخوذه|التقطت|ل\w+)\b|تظهر هذه الصوره|(?:ال)?صوره ?:|لقطه من|تصوير ?:|عدسه ?:"
)


def is_caption(text: str, credits: frozenset[str] = frozenset()) -> bool:
    """Whether a line is by itself a caption: one sentence without a full stop, then a credit, known or in `credits`.

    Also a line that calls itself a picture: «صورة أرشيفية …», «تصوير: …».
    """
    if len(text) > CAPTION_LENGTH:
        return False
    if _in_parentheses(text):
        return (is_known_credit(text) or credit_of(text) in credits) and is_one_sentence(text)
    if ends_sentence(text) or not is_heading(text):
        return False
    return len(words(text)) >= 3 and bool(_PICTURE.match(normalize(text).strip()))


def credit_of(text: str) -> str | None:
    """The key of what stands in parentheses at a line's end, if it may name a source: no number, no month."""
    found = words(_in_parentheses(text))
    return None if any(word.isdigit() for word in found) else "".join(found) or None


def is_known_credit(text: str) -> bool:
    """Whether a line ends in the credit of an agency, an archive, an account, a ministry or the like."""
    inside = _in_parentheses(text)
    found = words(inside)
    if not found:
        return False
    named = {line_key(part) for part in [inside, *_PARTS.split(inside)]}
    return (
        not named.isdisjoint(AGENCIES | _ORIGINS)
        or not _TELLING_WORDS.isdisjoint(found)
        or (len(found) > 1 and found[0] in _FIRST_WORDS)
    )


def _in_parentheses(text: str) -> str:
    """The end of a line in parentheses; empty for a month, «في سبتمبر (أيلول)», and for what is too long."""
    match = _CREDIT.search(text)
    inside = clean_line(match[1]) if match else ""
    found = words(inside)
    return "" if " ".join(found) in MONTHS or len(found) > _WORD_LIMIT else inside
