"""The sentences of the faults of pages, tables and PDF files, by their codes, as in `bot.texts.errors`."""

from __future__ import annotations

SOURCE_ERRORS: dict[str, tuple[str, str]] = {
    "page_without_article": (
        "لا نص مقال في الصفحة «{path}»؛ احذفها أو احفظ صفحة المقال نفسه",
        "The page “{path}” holds no text of an article; remove it, or save the page of the article itself",
    ),
    "page_is_listing": (
        "الصفحة «{path}» قائمة روابط لا مقال؛ احفظ صفحات المقالات نفسها",
        "The page “{path}” lists articles and is none; save the pages of the articles themselves",
    ),
    "page_missing": (
        "الصفحة «{path}» هي ما يعرضه الموقع عن صفحة غير موجودة؛ تحقق من العنوان",
        "The page “{path}” is a site's notice that a page does not exist; check the address",
    ),
    "page_wants_login": (
        "الصفحة «{path}» تطلب تسجيل الدخول؛ سجّل الدخول في المتصفح ثم احفظ صفحة المقال",
        "The page “{path}” asks for a login; log in with a browser, then save the page of the article",
    ),
    "page_needs_scripts": (
        "لا يظهر نص الصفحة «{path}» إلا بعد تشغيل برامجها؛ افتحها في المتصفح ثم احفظها كاملة",
        "The text of “{path}” appears only after its scripts have run; open it in a browser and save it whole",
    ),
    "page_asks_consent": (
        "الصفحة «{path}» تطلب موافقة أو تحققًا قبل عرض المقال؛ افتحها في المتصفح ثم احفظها",
        "The page “{path}” asks for consent or a check before the article; open it in a browser, then save it",
    ),
    "table_without_text": (
        "لا عمود للنص في الجدول «{path}» (أعمدته: {columns})؛ سمِّ عمود النص «النص» أو text",
        "The table “{path}” has no column for the text (it has: {columns}); name that column text",
    ),
    "pdf_scanned": (
        "الملف «{path}» صور بلا نص؛ تعرّف على نصه ببرنامج OCR أولًا",
        "“{path}” is made of pictures without text (scanned); run OCR on it first",
    ),
    "pdf_encrypted": (
        "الملف «{path}» محمي بكلمة مرور؛ احفظ نسخة منه بلا حماية",
        "“{path}” is protected by a password; save a copy without one",
    ),
    "pdf_broken": (
        "الملف «{path}» ليس PDF سليمًا؛ نزّله أو احفظه من جديد",
        "“{path}” is not a whole PDF file; download or save it again",
    ),
    "pdf_unreadable_order": (
        "تعذّر استخراج نص صحيح من «{path}» لأن حروفه مخزنة بترتيب أو ترميز غير معروف؛ حوّله إلى نص أولًا",
        "The letters of “{path}” are stored in an order or code that gives no certain text; convert it to text first",
    ),
    "feed_torn": (
        "صيغة XML في «{path}» معطوبة عند السطر {line}؛ قُرئ منها ما أمكن، وإصلاحها على ناشرها",
        "“{path}” is not well-formed XML from line {line} on; what could be made out was read; its publisher can mend it",
    ),
    "feed_broken": (
        "«{path}» ليس خلاصة RSS أو Atom سليمة؛ تحقق من العنوان أو من الملف",
        "“{path}” is no sound RSS or Atom feed; check the address or the file",
    ),
}
