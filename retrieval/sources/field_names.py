"""The names that exports give to the fields of an article, in Arabic and English: columns, keys of records and of front matter."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from retrieval.sources.article import line_key


def _names(phrases: str) -> tuple[str, ...]:
    return tuple(line_key(phrase) for phrase in re.split(r"[|\n]", phrases) if phrase)


FIELDS = {
    "title": _names(
        "title|headline|header|news title|article title|post title|العنوان|عنوان|عنوان الخبر|عنوان المقال|العنوان الرئيسي"
    ),
    "subtitle": _names("subtitle|subheading|subheadline|العنوان الفرعي|عنوان فرعي"),
    "text": _names("""
text|body|content|article|full text|article text|news|description text|article body|post content|content html|maintext
النص|نص|المحتوى|محتوى|المتن|متن|نص الخبر|نص المقال|محتوى الخبر|محتوى المقال|الخبر|المقال|النص الكامل|التفاصيل|تفاصيل الخبر
"""),
    "published": _names("""
date|published|published at|pub date|pubdate|publish date|publication date|date published|published date|post date|datetime|date gmt
التاريخ|تاريخ|تاريخ النشر|النشر|تاريخ الخبر|تاريخ المقال|اليوم
"""),
    "modified": _names(
        "modified|updated|updated at|post modified|last modified|date modified|تاريخ التحديث|آخر تحديث|تاريخ التعديل|التحديث"
    ),
    "url": _names(
        "url|link|article url|source url|permalink|href|web address|الرابط|رابط|رابط الخبر|رابط المقال|الوصلة|عنوان الصفحة"
    ),
    "outlet": _names(
        "outlet|source|publisher|newspaper|site|website|media|المصدر|مصدر|الصحيفة|الجريدة|الموقع|الناشر|اسم الصحيفة|الوسيلة"
    ),
    "author": _names("""
author|authors|byline|writer|by|journalist|creator|author name|post author
الكاتب|كاتب|المؤلف|بقلم|اسم الكاتب|المحرر|الصحفي|كاتب المقال
"""),
    "id": _names("id|article id|guid|identifier|المعرف|معرف|رقم الخبر|رقم المقال|الرقم"),
}
"""Names of columns by what they hold, the plainest first; compared without case, marks, spaces and underscores."""


def columns_of(names: Sequence[str]) -> dict[str, int]:
    """The place of each field among `names`; of several for one field that with the plainest name."""
    return {field: places[0] for field, places in places_of(names).items()}


def places_of(names: Iterable[str]) -> dict[str, list[int]]:
    """The places of each field that is named, the plainest name first; those of no field are left out."""
    keys: dict[str, int] = {}
    for place, name in enumerate(names):
        keys.setdefault(line_key(name), place)
    found = {field: [keys[name] for name in known if name in keys] for field, known in FIELDS.items()}
    return {field: places for field, places in found.items() if places}
