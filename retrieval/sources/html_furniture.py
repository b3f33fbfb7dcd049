"""Lines that only web pages have around an article, told by their first words: buttons, notices, boxes of links."""

from __future__ import annotations

import re

from retrieval.arabic import words
from retrieval.sources.article import line_key
from retrieval.sources.dates import MONTHS, is_bare_date, is_date_line
from retrieval.sources.furniture import is_furniture, is_related, is_tags_label
from retrieval.sources.headings import SPEECH, ends_sentence

_LABELS = """
اقرأ أيضا|اقرأ المزيد|اقرؤوا أيضا|اقرأي أيضا|إقرأ أيضا|شاهد أيضا|طالع أيضا|تابع أيضا|المزيد من|المزيد حول|لمزيد من
أخبار ذات صلة|خبر ذو صلة|خبر متعلق|أخبار متعلقة|موضوعات متعلقة|مواضيع متعلقة|مواضيع ذات صلة|موضوعات ذات صلة
مقالات ذات صلة|مقالات متعلقة|مقالات قد تهمك|مواضيع قد تهمك|موضوعات قد تهمك|قد يهمك|قد يعجبك|ربما يهمك|ربما يعجبك
قصص مقترحة|مقالات مقترحة|مواضيع مقترحة|اخترنا لك|اخترنا لكم
نرشح لك|نوصي بقراءة|مقالات أخرى|مواضيع أخرى|أخبار أخرى|مواد أخرى|الأكثر قراءة|الأكثر مشاهدة|الأكثر تداولا|الأكثر شيوعا
الأكثر تعليقا|الأخبار الأكثر|الأعلى قراءة|مواضيع رائجة|الأكثر رواجا|آخر الأخبار|أحدث الأخبار|أهم الأخبار|أبرز الأخبار
أهم النقاط المثبتة|الخبر التالي|الخبر السابق|المقال التالي|المقال السابق|المقالة التالية|القصة القادمة|القصة التالية
الفيديو التالي|الصورة التالية|التالي|السابق|الصفحة التالية|الصفحة السابقة|رسالة أحدث|رسالة أقدم|منشورات أقدم|عودة إلى
العودة إلى|تحميل المزيد|عرض المزيد|إظهار المزيد|مشاهدة المزيد|حوارات سابقة|التعليقات|أضف تعليق|أضف تعليقك|أضف تعليقا
اترك تعليق|اترك تعليقا|اترك ردا|كن أول من يعلق|شارك برأيك|أسئلة الفهم|related articles|related stories|related posts
read more|read also|more from|most read|most popular|you may also like|next article|previous article|leave a comment
leave a reply|recommended for you|trending
"""
"""What stands over links to other articles."""
_NOTICES = """
تخطي الإعلان|شرح معمق لقصة|تابعوا أبرز|تابعوا آخر
تابعوا أهم|تابعوا أخبار|تابع أبرز|تابع أخبار
شارك|شاركها|شاركه|شاركوا|مشاركة|انشر على|تابعنا|تابعونا|تابعوا|تابع الكاتب|تابع آخر|لمتابعة آخر|لمتابعة أهم|حمل تطبيق
حمل التطبيق|حملوا تطبيق|نزل تطبيق|تحميل تطبيق|حمل الجدول|حمل الملف|افتح في التطبيق|اشترك|اشتركوا|اشتراك|اشترك في نشرة
اشترك في نشرتنا|اشترك في النشرة|اشترك في قناة|اشترك في قناتنا|اشترك في خدمة|اشترك الآن|اشترك معنا|للاشتراك في
انضم إلينا|انضموا إلينا|انضم إلى قناة|انضم إلى قناتنا|سجل الدخول|تسجيل الدخول|سجل الآن|أنشئ حسابا|انسخ الرابط
نسخ الرابط|تم نسخ|رابط مختصر|الرابط المختصر|نسخة للطباعة|اطبع|طباعة|أرسل الخبر|أرسل المقال|أرسل إلى صديق|أرسل لنا
راسلنا|ابق على اطلاع|ابقوا على اطلاع|احصل على|تلق آخر|توصل بأهم|اضغط هنا|انقر هنا|للمزيد|لقراءة المزيد
استمع إلى المقال|استمع إلى المقالة|استمع للمقال|شغل الصوت|حجم الخط|المشاهدات|عدد المشاهدات|عدد القراءات|عدد الزوار
عدد الزيارات|قراءات|مدة الفيديو|مدة القراءة|وقت القراءة|زمن القراءة|جميع الحقوق محفوظة|كل الحقوق محفوظة|حقوق النشر
حقوق الطبع|الحقوق محفوظة|لا يمكن نقل أي|يمنع نقل أي|يحظر نقل أي|لا يجوز نقل أي|يمنع إعادة نشر|يحظر إعادة نشر
لا يجوز إعادة نشر|رقم الإيداع|هيئة التحرير|اتصل بنا|من نحن|سياسة الخصوصية|شروط الاستخدام|الآراء الواردة
الآراء المنشورة|هذا المقال يعبر|هذه المقالة تعبر|المقال يعبر عن|المقال لا يعبر|المقالة لا تعبر|ما ورد في هذا المقال
جميع المقالات المنشورة|إخلاء مسؤولية|إخلاء المسؤولية|تنويه|تنبيه طبي|هوامش|هذا المحتوى مخصص|هذا المحتوى متاح للمشتركين
هذا المقال مخصص للمشتركين|هذا المقال متاح للمشتركين|المقال متاح للمشتركين|لديك مقالات مجانية
نستخدم ملفات تعريف الارتباط|نستخدم الكوكيز|نستعمل الكوكيز|باستخدامك هذا الموقع|تجاوز إلى المحتوى|انتقل إلى المحتوى
تخطي إلى المحتوى|القائمة الرئيسية|يتم التشغيل بواسطة|إرسال بالبريد|كتابة مدونة|الوسوم|وسوم|كلمات مفتاحية
الكلمات المفتاحية|الكلمات الدلالية|كلمات دلالية|إعلان|مساحة إعلانية|محتوى ممول|مادة إعلانية|انتهى|هذا المحتوى من
sponsored|advertisement|share this|follow us|sign up|subscribe|copyright|all rights reserved|click here|skip to
powered by|tags
"""
"""What a site says of itself and to its readers."""
_BUTTONS = "موافق|قبول|قبول الكل|رفض|رد|ردّ|حفظ|إرسال|طباعة|دخول|بحث|إغلاق|حسنا|الإعدادات|المزيد|أكثر|أقل|تعديل|إعجاب|أعجبني|متابعة|live|ok"
_NOTICE_WORDS = 30
"""Words of the longest notice: what opens like one and goes on longer is text."""
_LABEL_WORDS = 22
_WORDS_OF_A_SKIP = 9
_WORDS_OF_A_BUTTON = 3
_FIRST_WORD_CALLS = re.compile(r"\W*\w+\W*[:|]")
_NOTE_OF_CHANGE = re.compile(
    r"(?:تحديث|ملاحظه|ملحوظه|تنويه)\W+(?:(?:تم|تمت|جري) )?(?:اضيف|اضافه|اضيفت|عدل|عدلت|تعديل|حدث|حدثت|صحح|صححت|نشر|نشرت|هذا|هذه)"
)
_COPYRIGHT = re.compile(r"^\W*(?:©|\(c\)|ⓒ)", re.IGNORECASE)
_SKIPPED = re.compile(
    r"تخط[يى] .{1,60} وواصل القراءه"
    r"|(?:قصص|مواضيع|الاكثر|البودكاست|يستحق|اخترنا)\b.{0,30} نهايه|نهايه (?:قصص|مواضيع|الاكثر|بودكاست|يستحق) ?.{0,30}"
)
"""What a reader who listens to a page is told, before and behind a box that stands in its text."""
_END_MARK = re.compile(r"^\W*\(\s*انته[ىي]\s*\)|^-?\s*انته[ىي]\s*-?$")
_COUNT = re.compile(
    r"(?:المشاهدات|مشاهدات|مشاهده|الزيارات|القراءات|قراءه|views?)\W*\d+|\d+\W*(?:مشاهده|قراءه|زياره|تعليقات?|views?)\b"
)
_ELAPSED = re.compile(
    r"(?:منذ|قبل) (?:\d+ )?(?:ثانيه|ثوان|دقيقه|دقيقتين|دقايق|ساعه|ساعتين|ساعات|يوم|يومين|ايام|اسبوع|اسبوعين|اسابيع|شهر|شهرين|اشهر)"
)
_PROFESSIONS = frozenset(
    words(
        "صحفي صحفية صحافي صحافية كاتب كاتبة باحث باحثة إعلامي إعلامية محرر محررة مراسل مراسلة ناقد ناقدة أكاديمي أكاديمية"
    )
)


def _openings(phrases: str) -> dict[str, tuple[tuple[str, ...], ...]]:
    """The phrases as normalised words, by the first word."""
    found: dict[str, list[tuple[str, ...]]] = {}
    for phrase in re.split(r"[|\n]", phrases):
        if opening := tuple(words(phrase)):
            found.setdefault(opening[0], []).append(opening)
    return {first: tuple(openings) for first, openings in found.items()}


_LABEL_OPENINGS = _openings(_LABELS)
_NOTICE_OPENINGS = _openings(_NOTICES)
_BUTTON_WORDS = frozenset(words(_BUTTONS.replace("|", " ")))


def _opens(text: str, found: list[str], openings: dict[str, tuple[tuple[str, ...], ...]]) -> bool:
    """Whether a block begins with one of the phrases; one of a single word («شارك») alone, nearly, or with a colon."""
    alone = len(found) <= _WORDS_OF_A_BUTTON or bool(_FIRST_WORD_CALLS.match(text))
    return any(
        tuple(found[: len(opening)]) == opening and (len(opening) > 1 or alone)
        for opening in openings.get(found[0], ())
    )


def is_page_line(text: str) -> bool:
    """Whether a block of a page is its own and no part of an article."""
    found = words(text)
    if not found:
        return True
    if (
        len(found) <= _NOTICE_WORDS
        and not _is_reported(text, found)
        and (_opens(text, found, _NOTICE_OPENINGS) or _NOTE_OF_CHANGE.match(" ".join(found)) or _COPYRIGHT.match(text))
    ):
        return True
    if len(found) <= 4 and _BUTTON_WORDS.issuperset(found):
        return True
    if len(found) <= _WORDS_OF_A_SKIP and not ends_sentence(text) and _SKIPPED.fullmatch(" ".join(found)):
        return True
    return is_link_label(text) or is_stamp(text) or is_furniture(text) or bool(_END_MARK.match(text))


def _is_reported(text: str, found: list[str]) -> bool:
    """Whether a sentence that begins like a notice is news: «إعلان …» of more than a few words with a verb of speech."""
    return ends_sentence(text) and len(found) > 8 and not SPEECH.isdisjoint(found)


def is_link_label(text: str) -> bool:
    """Whether a block announces links to other articles, or is such a link with its label."""
    found = words(text)
    if not found or len(found) > _LABEL_WORDS:
        return False
    labelled = _opens(text, found, _LABEL_OPENINGS) and (len(found) <= 6 or ":" in text or not ends_sentence(text))
    return labelled or is_related(text) or is_tags_label(line_key(text))


def is_stamp(text: str) -> bool:
    """Whether a short block holds a date, a time, a count of readers or how long ago, whatever else stands beside."""
    found = words(text)
    if is_bare_date(text) or is_date_line(text):
        return True
    plain = " ".join(found)
    if (
        1 < len(found) <= 4
        and all(word.isdigit() or word in MONTHS for word in found)
        and not MONTHS.keys().isdisjoint(found)
    ):
        return True
    return len(found) <= 12 and not ends_sentence(text) and bool(_COUNT.search(plain) or _ELAPSED.match(plain))


def is_biography(text: str, author: str | None) -> bool:
    """Whether a block tells who the author is: the name, then a profession."""
    name, found = words(author or ""), words(text)
    following = found[len(name) : len(name) + 4]
    return bool(name) and found[: len(name)] == name and not _PROFESSIONS.isdisjoint(following)
