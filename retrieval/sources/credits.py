"""Captions of pictures, told from text by the credit in parentheses at their end: (أ.ف.ب), (حساب الوزارة على «إكس»)."""

from __future__ import annotations

import re
from itertools import pairwise

from retrieval.arabic import clean_line, normalize, words
from retrieval.sources.article import line_key, line_keys
from retrieval.sources.dates import MONTHS
from retrieval.sources.headings import SPEECH, ends_sentence, is_heading, is_one_sentence

CAPTION_LENGTH = 400
"""The longest caption of the seed articles has 171 characters; agencies' own captions reach twice that."""
_PAGE_CAPTION_LENGTH = 250
"""The longest caption that is told by the shape of its credit alone."""

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
_PAGE_WORD_LIMIT = 6
_QUANTITIES = frozenset(
    words("""
عاما عام عامان عامين أعوام سنة سنوات سنتان سنتين شهر شهرا أشهر يوم يوما أيام ساعة ساعات دقيقة دقائق ثانية ثوان أسبوع أسابيع
متر مترا أمتار كيلومتر كيلومترا كيلومترات كيلو كلم كم سم ميل ميلا أميال هكتار هكتارا فدان طن طنا أطنان كيلوغرام كلغ غرام
لتر لترا برميل درجة مئوية دولار دولارا دولارات يورو جنيه جنيها ريال ريالا درهم دينار ليرة روبل ألف آلاف مليون ملايين مليار
مليارات مئة مائة المئة المائة بالمئة بالمائة نقطة نقاط km year years old million billion percent
""")
)
_LIST_MARK = re.compile(r"[-–—•*·]|\d+ ?[-.)]")
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


def is_credited(text: str) -> bool:
    """Whether a line of a news page is a caption by its shape: one sentence, then a few words that may name a source.

    Whom it names does not matter, so this holds only where the page is known to be one, for a paragraph of one line.
    """
    inside = _in_parentheses(text)
    found, before = words(inside), words(_CREDIT.sub("", text))
    if len(text) > _PAGE_CAPTION_LENGTH or len(before) < 2 or not 1 <= len(found) <= _PAGE_WORD_LIMIT:
        return False
    if before[0] in SPEECH or _LIST_MARK.match(text) or (len(inside) == 1 and not inside.isascii()):
        return False
    return not _counts(found) and is_one_sentence(text)


def _counts(found: list[str]) -> bool:
    """Whether words hold a number, an age, a measure or a month."""
    pairs = {" ".join(pair) for pair in pairwise(found)}
    digits = any(character.isdigit() for word in found for character in word)
    return digits or not (_QUANTITIES | MONTHS.keys()).isdisjoint({*found, *pairs})


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
