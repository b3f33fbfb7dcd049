"""What is said when an address cannot be fetched."""

from __future__ import annotations

WEB_ERRORS: dict[str, tuple[str, str]] = {
    "web_failed": ("تعذّر جلب «{path}» ({problem})", "“{path}” could not be fetched ({problem})"),
    "web_failed.bare": ("تعذّر جلب الصفحة", "The page could not be fetched"),
    "web_address": (
        "«{path}» ليس عنوانًا صالحًا؛ اكتبه كاملًا مثل https://example.org/news",
        "“{path}” is no address; write it in full, such as https://example.org/news",
    ),
    "web_unreachable": (
        "لا يجيب «{path}»؛ تحقق من العنوان ومن الشبكة ثم أعد المحاولة. ما جُلب من قبل باقٍ",
        "“{path}” does not answer; check the address and the network and try again. What was fetched before stays",
    ),
    "web_password": (
        "في العنوان اسم وكلمة مرور، ولا تُحفظ كلمات المرور مع المقالات؛ نزّل «{path}» ثم مرّر مسار الملف",
        "The address holds a name and a password, which are not kept with articles; download “{path}” and give its path",
    ),
    "web_untrusted": (
        "شهادة الموقع «{path}» لا تثبت هويته؛ تحقق من العنوان، أو نزّل الصفحة ثم مرّر مسار الملف",
        "The certificate of “{path}” does not prove whose it is; check the address, or download the page and give its path",
    ),
    "web_cut": (
        "انقطع رد «{path}» قبل تمامه؛ أعد المحاولة. ما جُلب من قبل باقٍ",
        "The answer of “{path}” broke off; try again. What was fetched before stays",
    ),
    "web_refused": (
        "رفض الموقع «{path}» بالرمز {status}؛ افتحه في المتصفح واحفظ الصفحة ثم مرّر مسار الملف",
        "The site refused “{path}” with status {status}; open it in a browser, save the page and give its path",
    ),
    "web_gone": (
        "الصفحة «{path}» غير موجودة (الرمز {status})؛ تحقق من العنوان. ما حُفظ منها من قبل باقٍ",
        "“{path}” is not there (status {status}); check the address. What was kept of it before stays",
    ),
    "web_busy": (
        "طلب الموقع التمهّل {seconds} ثانية قبل «{path}»؛ أعد المحاولة بعدها",
        "The site asks to wait {seconds} seconds before “{path}”; try again after that",
    ),
    "web_private": (
        "يقود «{path}» إلى شبكة خاصة ({host}) لم تسمّها، فلم يُتبع؛ إن أردته فاكتب عنوانه بنفسك",
        "“{path}” leads into a private network ({host}) that you did not name, so it was not followed; name its address "
        "yourself if you want it",
    ),
    "web_astray": (
        "تحويلات «{path}» تدور أو تقود إلى موقع آخر؛ اكتب العنوان الأخير نفسه",
        "The redirects of “{path}” go in circles or lead to another site; give the last address itself",
    ),
    "web_too_large": (
        "«{path}» أكبر من {megabytes} ميغابايت؛ نزّله ثم مرّر مسار الملف",
        "“{path}” is larger than {megabytes} MB; download it and give its path",
    ),
    "web_kind": (
        "لا قارئ لمحتوى «{path}» من نوع {kind}؛ نزّله محوّلًا إلى نص ثم مرّر مسار الملف",
        "No reader knows the content of “{path}” ({kind}); save it as text and give its path",
    ),
    "web_robots": (
        "يمنع ملف robots.txt في الموقع البرامج من «{path}»؛ إن أردتها فاكتب عنوانها بنفسك",
        "The site's robots.txt keeps programs from “{path}”; name its address yourself if you want it",
    ),
}
