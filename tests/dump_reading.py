"""A page dump as its articles and their parts, for the tests of its reader."""

from __future__ import annotations

from pathlib import Path

from retrieval.sources import SourceFile
from retrieval.sources.article import ArticleBuilder
from retrieval.sources.dump import read_text
from retrieval.types import Article

TITLE = "افتتاح جسر جديد فوق النيل الأزرق بعد تأخير عامين"
SUBTITLE = "المحافظة تعد بإنجاز الطريق الرابط قبل الصيف"
CAPTION = "عمّال يضعون اللمسات الأخيرة على الجسر قرب المرفأ القديم (الأناضول)"
FIRST = "أعلنت محافظة الضفاف، الاثنين، افتتاح جسر بطول 840 متراً يربط الحي القديم بالمرفأ، بعد توقف الأعمال مرتين لنقص التمويل."
SECOND = "وقال المهندس عادل بركات (62 عاماً): «انتظرنا هذا اليوم طويلاً»، مضيفاً أن حركة السير ستخف بمقدار الثلث في أوقات الذروة."
THIRD = "تغلب منتخب الشابات على ضيفه بهدفين دون رد في مباراة أقيمت تحت مطر غزير، ليبلغ النهائي للمرة الأولى منذ تأسيسه."


def articles(text: str) -> list[Article]:
    builder = ArticleBuilder(SourceFile(Path("/news/dump.txt")))
    return [article for draft in read_text(text) if (article := builder.build(draft))]


def only(text: str) -> Article:
    (article,) = articles(text)
    return article


def titles(text: str) -> list[str]:
    return [article.source.title for article in articles(text)]


def subtitle(article: Article) -> str | None:
    return article.subtitle.of(article.body) if article.subtitle else None


def captions(article: Article) -> list[str]:
    return [span.of(article.body) for span in article.captions]


def paragraphs(article: Article) -> list[str]:
    """The running text: the body without subtitle and captions."""
    parts = article.body.split("\n\n")
    return parts[article.subtitle is not None : len(parts) - len(article.captions)]
