"""Markdown: the marks go, the text stays."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from retrieval.sources import read
from retrieval.types import Article


def article(path: Path, text: str) -> Article:
    path.write_bytes(text.encode())
    (found,) = read([path])
    assert isinstance(found, Article), found
    return found


MARKDOWN = """\
---
title: "ميناء الصيد يعود إلى العمل"
date: 2024-03-09
url: https://example.org/port?a=1#top
outlet: 'صحيفة المرفأ'
author: سامي حداد
id: port-7
---
# ميناء الصيد يعود إلى العمل

عاد **ميناء الصيد** إلى العمل *السبت* بعد [إصلاحات](https://example.org/a_(b)) دامت
ثلاثة أشهر، وفق `البلدية`.

![قوارب الصيد في الميناء](boats.jpg "صورة")

## أرقام __الموسم__

> قال الصياد «أبو علي»:
> «عدنا أخيراً».

- 40 قارباً
* سوق واحدة
1. رصيف جديد

```
2 * 3 * 4
```

snake_case_name و 3 * 4 و \\*نجمة\\*
<!-- ملاحظة داخلية -->

***

| الشهر | الأطنان |
|-------|---------|
| مارس | 12 |
"""


def test_markdown_loses_its_marks_and_no_text(tmp_path: Path) -> None:
    found = article(tmp_path / "port.md", MARKDOWN)
    assert found.source.title == "ميناء الصيد يعود إلى العمل"
    assert found.source.article_id == "port-7"
    assert found.source.url == "https://example.org/port?a=1#top"
    assert found.source.outlet == "صحيفة المرفأ"
    assert found.source.published == date(2024, 3, 9)
    assert [span.of(found.body) for span in found.captions] == ["قوارب الصيد في الميناء"]
    assert found.body.split("\n\n") == [
        "عاد ميناء الصيد إلى العمل السبت بعد إصلاحات دامت ثلاثة أشهر، وفق البلدية.",
        "أرقام الموسم",
        "قال الصياد «أبو علي»: «عدنا أخيراً».",
        "40 قارباً",
        "سوق واحدة",
        "رصيف جديد",
        "2 * 3 * 4",
        "snake_case_name و 3 * 4 و *نجمة*",
        "الشهر | الأطنان",
        "مارس | 12",
        "قوارب الصيد في الميناء",
    ]


@pytest.mark.parametrize(
    ("text", "title", "body"),
    [
        ("# عنوان أول\n\nنص الخبر هنا.\n", "عنوان أول", "نص الخبر هنا."),
        ("عنوان أول\n=========\n\nنص الخبر هنا.\n", "عنوان أول", "نص الخبر هنا."),
        ("## قسم\n\nنص الخبر هنا.\n", "قسم", "نص الخبر هنا."),
        ("نص الخبر هنا. ثم تتمة له.\n", "نص الخبر هنا.", "نص الخبر هنا. ثم تتمة له."),
        ("---\ntitle: عنوان\n---\n# عنوان آخر\n\nنص.\n", "عنوان", "عنوان آخر\n\nنص."),
        ("---\r\ntitle: عنوان\r\n---\r\n\r\nنص.\r\n", "عنوان", "نص."),
        ("---\nلا شيء هنا يغلق\n\nنص.\n", "لا شيء هنا يغلق", "نص."),
        ("# عنوان فقط\n", "عنوان فقط", "عنوان فقط"),
        (
            "# عنوان\n\n[![صورة الميناء](a.png)](b) نص. <https://a.example>\n",
            "عنوان",
            "نص. https://a.example\n\nصورة الميناء",
        ),
    ],
)
def test_the_title_of_a_markdown_file(tmp_path: Path, text: str, title: str, body: str) -> None:
    found = article(tmp_path / "page.markdown", text)
    assert (found.source.title, found.body) == (title, body)
