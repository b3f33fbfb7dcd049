"""Lines that a news page sets around an article: ornaments, counters, buttons, links to other articles."""

from __future__ import annotations

import re

from retrieval.arabic import normalize, words
from retrieval.sources.article import line_keys
from retrieval.sources.headings import ends_sentence, is_heading

_BUTTON_NAMES = """
مشاركة|شارك|شاركها|شارك المقال|شارك الخبر|مشاركة الخبر|شارك عبر|طباعة|اطبع|حفظ|حفظ المقال|نسخ|نسخ الرابط|تم نسخ الرابط
إرسال|أرسل|إرسال بالبريد|بريد إلكتروني|البريد الإلكتروني|فيسبوك|تويتر|إكس|واتساب|واتس آب|تلغرام|تليغرام|تيليجرام
لينكد إن|ماسنجر|إنستغرام|تعليق|تعليقات|التعليقات|أضف تعليق|لا توجد تعليقات|إعلان|استمع|استمع للمقال|استمع للمقالة
استمع للخبر|استمع إلى المقالة|استمع إلى المقال|حجم الخط|تكبير الخط|تصغير الخط|متابعة|تابعنا|تابعونا|تابعنا على
أخبار غوغل|غوغل نيوز|share|print|save|copy link|facebook|twitter|whatsapp|telegram|email|linkedin|x
"""
_BUTTONS = frozenset(tuple(words(name)) for name in re.split(r"[|\n]", _BUTTON_NAMES) if name)
_LONGEST_BUTTON = max(map(len, _BUTTONS))
_ORNAMENT = re.compile(r"[-+*=_~.|/\\•·–—ـ×#<>›‹«»\s]+|[TtAaxX+\-\s]{1,5}")
_COUNTER = re.compile(r"\d+ ?[/|] ?\d+|\d{1,2}:\d\d(?: ?/ ?\d{1,2}:\d\d)?")
_READING_TIME = re.compile(
    r"(?:(?:مده (?:ال)?|وقت ال|زمن ال)قراه|قراه في)\W*(?:\d+ )?(?:دقيقه|دقايق|دقيقتان|دقيقتين)"
    r"|\d+ (?:دقيقه|دقايق) للقراه"
)
_TOPICS = "مواضيع|موضوعات|مقالات|اخبار|مواد|روابط"
_RELATED = re.compile(
    r"(?:(?:شاهد|قد يهمك) (?:ايضا|المزيد|كذلك)|related (?:articles|stories)"
    rf"|(?:{_TOPICS}) (?:ذات صله|متعلقه|مرتبطه|مشابهه))"
    r"(?=\W*$|\s*[:|\-–])(?P<rest>.*)"
    r"|(?:(?:اقرا|طالع) (?:ايضا|المزيد|كذلك)|اقرا في هذا الملف|read (?:also|more))(?!\w)(?P<titles>.*)"
)

_TAG_LABELS = line_keys("""
مواضيع|المواضيع|موضوعات|الموضوعات|وسوم|الوسوم|كلمات مفتاحية|الكلمات المفتاحية|كلمات دالة|الكلمات الدالة
علامات|العلامات|هاشتاغ|tags|keywords|topics
""")
_TAG_BORDER = re.compile(r"[|،,#•/]")
_TAG_WORDS = 3


def is_furniture(text: str) -> bool:
    """Whether a line is a page's own: ornaments (TT, +, ***), counters, share buttons, reading time."""
    if _ORNAMENT.fullmatch(text) or _COUNTER.fullmatch(text) or _is_buttons(text):
        return True
    return bool(_READING_TIME.fullmatch(normalize(text).strip()))


def _is_buttons(text: str) -> bool:
    """Whether the line's words are names of buttons alone, in any number and order."""
    found = words(text)
    start = 0
    while start < len(found):
        for size in range(min(_LONGEST_BUTTON, len(found) - start), 0, -1):
            if tuple(found[start : start + size]) in _BUTTONS:
                start += size
                break
        else:
            return False
    return bool(found)


def is_related(text: str) -> bool:
    """Whether a line points to another article: «اقرأ أيضاً», alone or with the title of that article."""
    return bool(_RELATED.fullmatch(normalize(text).strip())) and (
        is_related_label(text) or is_heading(text.rstrip(" .…"))
    )


def is_related_label(text: str) -> bool:
    """Whether the titles it points to are still to come, on lines of their own."""
    match = _RELATED.fullmatch(normalize(text).strip())
    return match is not None and not words((match["rest"] or "") + (match["titles"] or ""))


def is_tags_label(key: str) -> bool:
    """Whether a line with this key announces the subjects under which an article is filed: «مواضيع», «الكلمات المفتاحية:»."""
    return key in _TAG_LABELS


def is_tags(text: str) -> bool:
    """Whether a line may be such a subject, of three words at most, or several with strokes or commas between them."""
    if ends_sentence(text):
        return False
    parts = [words(part) for part in _TAG_BORDER.split(text)]
    return any(parts) and all(len(part) <= _TAG_WORDS for part in parts)
