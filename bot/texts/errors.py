"""The sentence of each fault, by its code: the cause, and the step that mends it, in one line.

A code with `.bare` is for a fault that was raised without some of its values.
"""

from __future__ import annotations

ERRORS: dict[str, tuple[str, str]] = {
    "fault": (
        "تعذّر إتمام الطلب؛ لفحص الحالة: dalil doctor",
        "The request could not be completed; to check the set-up: dalil doctor",
    ),
    "usage": (
        "لا يمكن تنفيذ الطلب بهذه الصيغة؛ للمساعدة: dalil --help",
        "The request cannot be carried out as written; for help: dalil --help",
    ),
    "unknown_command": (
        "لا يوجد أمر بالاسم «{name}»؛ لعلك تقصد «{suggestion}». الأوامر كلها: dalil --help",
        "There is no command “{name}”; did you mean “{suggestion}”? All commands: dalil --help",
    ),
    "unknown_command.bare": (
        "لا يوجد أمر بالاسم «{name}»؛ الأوامر كلها: dalil --help",
        "There is no command “{name}”; all commands: dalil --help",
    ),
    "unknown_setting": (
        "لا يوجد إعداد بالاسم «{name}»؛ لعلك تقصد «{suggestion}». صحّح الاسم في البيئة أو في ملف «.env»",
        "There is no setting “{name}”; did you mean “{suggestion}”? Correct it in the environment or in .env",
    ),
    "unknown_setting.bare": (
        "لا يوجد إعداد بالاسم «{name}»؛ احذفه من البيئة أو من ملف «.env»، والإعدادات كلها في «.env.example»",
        "There is no setting “{name}”; remove it from the environment or .env (.env.example lists all settings)",
    ),
    "bad_setting": (
        "القيمة «{value}» لا تصلح للإعداد «{name}»؛ المتوقع: {expected}",
        "“{value}” is not a usable value for {name}; expected: {expected}",
    ),
    "bad_setting_file": (
        "تعذّرت قراءة ملف الإعدادات «{path}»؛ احفظه بترميز UTF-8 وأذن بقراءته",
        "The settings file “{path}” cannot be read; save it as UTF-8 and allow reading it",
    ),
    "bad_setting_line": (
        "السطر {line} من ملف الإعدادات «{path}» لا يُفهم («{start} …»)؛ اكتبه بصيغة NAME=value",
        "Line {line} of the settings file “{path}” makes no sense (“{start} …”); write it as NAME=value",
    ),
    "options_clash": (
        "الخياران «{first}» و«{second}» لا يجتمعان؛ احذف أحدهما ({problem})",
        "“{first}” and “{second}” do not go together ({problem}); leave out one of them",
    ),
    "empty_question": (
        "لا كلمة في السؤال؛ اكتب سؤالًا، مثل: dalil ask 'من هو رئيس أذربيجان؟'",
        "There is no word in the question; write one, for example: dalil ask 'من هو رئيس أذربيجان؟'",
    ),
    "question_too_long": (
        "السؤال أطول مما ينبغي ({length} حرفًا، والحد {limit})؛ اختصره ثم أعد المحاولة",
        "The question is too long ({length} characters, the limit is {limit}); shorten it and try again",
    ),
    "source_unreadable": (
        "تعذّرت قراءة «{path}»؛ تحقق من أذون الملف ثم أعد: dalil ingest",
        "“{path}” could not be read; check its permissions, then run again: dalil ingest",
    ),
    "source_unnamed": (
        "اسم الملف أو المجلد فارغ؛ اكتب مساره، مثل: dalil ingest news/",
        "The name of a file or folder is empty; give its path, like: dalil ingest news/",
    ),
    "source_missing": (
        "لا يوجد ملف ولا مجلد في «{path}»؛ تحقق من المسار",
        "There is no file or folder at “{path}”; check the path",
    ),
    "source_empty": (
        "لا مقال في «{path}»؛ احذفه أو ضع فيه مقالًا",
        "“{path}” holds no article; remove it or put one in",
    ),
    "source_kind_unknown": (
        "نوع الملف «{path}» غير معروف؛ الأنواع المقبولة: {kinds}",
        "“{path}” is of a kind Dalil does not read; it reads: {kinds}",
    ),
    "source_binary": (
        "الملف «{path}» ليس نصًا؛ حوّله إلى نص أولًا",
        "“{path}” is not text; convert it to text first",
    ),
    "source_encoding": (
        "تعذّر التعرف على ترميز «{path}»؛ احفظه بترميز UTF-8",
        "The encoding of “{path}” could not be recognised; save it as UTF-8",
    ),
    "source_damaged": (
        "«{path}» بترميز UTF-8 إلا بايتًا تالفًا أو أكثر، أولها {byte} في السطر {line}؛ أصلحه في محرّر نصوص ثم أعد المحاولة",
        "“{path}” is UTF-8 but for damaged bytes, the first {byte} in line {line}; mend it in a text editor and try again",
    ),
    "source_address": (
        "لا يصلح هنا عنوان؛ احفظ الصفحة في ملف ثم مرّر مسار الملف بدلًا من «{path}»",
        "An address will not do here; save the page to a file and give its path instead of “{path}”",
    ),
    "record_broken": (
        "سجل غير صالح في «{path}»، السطر {line}؛ صحّحه ({problem})",
        "Broken record in “{path}”, line {line}; correct it: {problem}",
    ),
    "record_broken.bare": (
        "سجل غير صالح في «{path}»؛ صحّحه ({problem})",
        "Broken record in “{path}”; correct it: {problem}",
    ),
    "source_not_stored": (
        "لا مقال محفوظ بهذا المعرّف ولا من هذا المصدر: «{path}»؛ للمعرّفات: dalil search --json",
        "No stored article has this id or was read from here: “{path}”; for ids: dalil search --json",
    ),
    "source_not_withdrawn": (
        "لم يُسحب شيء باسم «{path}»؛ اكتب الاسم الذي سُحب به",
        "Nothing was withdrawn under “{path}”; give the name that it was withdrawn by",
    ),
    "database_damaged": (
        "قاعدة البيانات «{path}» تالفة؛ أعدها من نسخة احتياطية: dalil restore FILE --force ({problem})",
        "The database “{path}” is damaged ({problem}); put back a backup: dalil restore FILE --force",
    ),
    "store_failed": (
        "تعذّرت قراءة الفهرس في «{path}» أو الكتابة فيه؛ أعد بناءه: dalil reindex أو افحصه: dalil doctor ({problem})",
        "The index in “{path}” could not be used ({problem}); build it anew: dalil reindex, or see: dalil doctor",
    ),
    "store_failed.bare": (
        "تعذّرت قراءة الفهرس أو الكتابة فيه؛ أعد بناءه: dalil reindex",
        "The index could not be read or written; build it anew: dalil reindex",
    ),
    "article_changed": (
        "نص المقال «{article_id}» في الفهرس ليس كما حُفظ؛ أعد قراءته من مصدره: dalil ingest «{path}»",
        "The stored text of “{article_id}” is not as it was stored; read it again from its source: dalil ingest “{path}”",
    ),
    "store_missing": (
        "لا مقالات في «{path}»؛ اختر مجلد البيانات بالخيار --data-dir",
        "“{path}” holds no articles; choose the data folder with --data-dir",
    ),
    "restore_unfinished": (
        "توقفت استعادة نسخة في «{path}» قبل تمامها؛ أعد الأمر نفسه: dalil restore",
        "A backup was being put back into “{path}” and is not finished; give the same command again: dalil restore",
    ),
    "backup_inside": (
        "«{path}» داخل مجلد البيانات «{folder}» نفسه؛ اختر مكانًا خارجه",
        "“{path}” lies in the data folder “{folder}” itself; choose a place outside of it",
    ),
    "backup_broken": (
        "«{path}» ليس نسخة سليمة من dalil backup؛ استعمل نسخة أخرى، ولم يُمسّ شيء",
        "“{path}” is not a sound file of dalil backup; use another one. Nothing was touched",
    ),
    "folder_in_use": (
        "في «{path}» مقالات؛ اختر مجلدًا آخر بالخيار --data-dir، أو ضع النسخة مكانها بالخيار --force",
        "“{path}” holds articles; choose another folder with --data-dir, or put the backup in their place with --force",
    ),
    "store_not_a_folder": (
        "«{path}» ليس مجلدًا ولا يمكن إنشاؤه؛ اختر مجلدًا آخر بالخيار --data-dir",
        "“{path}” is not a folder and cannot be made one; choose another folder with --data-dir",
    ),
    "store_read_only": (
        "لا إذن بالكتابة في «{path}»؛ صحّح الأذون أو اختر مجلدًا آخر بالخيار --data-dir",
        "“{path}” cannot be written to; correct its permissions or choose another folder with --data-dir",
    ),
    "store_busy": (
        "تكتب عملية أخرى ({owner}) في «{path}» الآن؛ انتظر انتهاءها ثم أعد المحاولة",
        "Another process ({owner}) is writing to “{path}”; wait until it has finished and try again",
    ),
    "store_mismatch": (
        "بُني الفهرس بإعداد آخر ({stored}) والمطلوب الآن ({wanted})؛ أعد بناءه: dalil reindex",
        "The index was built with {stored}, now {wanted} is wanted; build it anew: dalil reindex",
    ),
    "store_too_new": (
        "كتب «{path}» إصدارٌ أحدث من دليل (المخطط {version}، والمعروف هنا {known})؛ حدّث دليل ثم أعد المحاولة",
        "“{path}” was written by a later Dalil (schema {version}, known here {known}); upgrade Dalil and try again",
    ),
    "store_outdated": (
        "كتب «{path}» إصدارٌ أقدم من دليل ولا إذن بتحديثه؛ افتحه مرة واحدة حيث يمكن الكتابة: dalil doctor",
        "“{path}” is of an earlier Dalil and cannot be written to; open it once where it can be: dalil doctor",
    ),
    "store_unreachable": (
        "خادم Chroma لا يجيب في «{url}»؛ شغّله أو احذف الإعداد DALIL_CHROMA_URL",
        "The Chroma server at {url} does not answer; start it, or remove DALIL_CHROMA_URL",
    ),
    "disk_full": (
        "لا مساحة كافية على القرص للكتابة في «{path}»؛ أفرغ بعضها ثم أعد: dalil ingest",
        "The disk is full at “{path}”; free some space, then run again: dalil ingest",
    ),
    "embedder_failed": (
        "أخفق نموذج التضمين «{model}»؛ للعودة إلى النموذج المضمّن: DALIL_EMBEDDING_MODEL=bundled ({problem})",
        "The embedding model “{model}” failed ({problem}); to return to the bundled one: DALIL_EMBEDDING_MODEL=bundled",
    ),
    "embedder_missing": (
        "نموذج التضمين «{model}» ليس على هذا الجهاز؛ نزّله أو عد إلى المضمّن: DALIL_EMBEDDING_MODEL=bundled",
        "The embedding model “{model}” is not on this machine; fetch it, or use DALIL_EMBEDDING_MODEL=bundled",
    ),
    "engine_missing": (
        "لم يُثبَّت Ray؛ ثبّته: pip install 'dalil[ray]' أو احذف الخيار --engine",
        "Ray is not installed; install it: pip install 'dalil[ray]', or leave out --engine",
    ),
    "engine_failed": (
        "تعذّر العمل على Ray؛ تحقق من العنوان في --ray-address أو احذف الخيار --engine ({problem})",
        "Ray could not do the work ({problem}); check --ray-address, or leave out --engine",
    ),
    "reranker_failed": (
        "أخفق نموذج إعادة الترتيب «{model}»؛ للاستغناء عنه: DALIL_RERANKER_MODEL= ({problem})",
        "The reranker “{model}” failed ({problem}); to do without one: DALIL_RERANKER_MODEL=",
    ),
    "reranker_missing": (
        "نموذج إعادة الترتيب «{model}» ليس على هذا الجهاز؛ نزّله أو استغن عنه: DALIL_RERANKER_MODEL=",
        "The reranker “{model}” is not on this machine; fetch it, or do without one: DALIL_RERANKER_MODEL=",
    ),
    "entailment_failed": (
        "أخفق نموذج الاستلزام «{model}»؛ للاستغناء عنه: DALIL_ENTAILMENT_MODEL= ({problem})",
        "The entailment model “{model}” failed ({problem}); to do without one: DALIL_ENTAILMENT_MODEL=",
    ),
    "entailment_missing": (
        "نموذج الاستلزام «{model}» ليس على هذا الجهاز؛ نزّله أو استغن عنه: DALIL_ENTAILMENT_MODEL=",
        "The entailment model “{model}” is not on this machine; fetch it, or do without one: DALIL_ENTAILMENT_MODEL=",
    ),
    "model_failed": (
        "انقطع النموذج اللغوي «{model}» قبل إتمام الجواب؛ أعد السؤال، أو استغن عنه: DALIL_LLM=none ({problem})",
        "The language model “{model}” failed in mid-answer ({problem}); ask again, or do without it: DALIL_LLM=none",
    ),
    "model_unreachable": (
        "لا يجيب Ollama في «{host}»؛ شغّله بالأمر: ollama serve",
        "Ollama does not answer at {host}; start it: ollama serve",
    ),
    "model_missing": (
        "النموذج «{model}» غير موجود في Ollama؛ نزّله بالأمر: ollama pull {model}",
        "Ollama does not have the model “{model}”; fetch it: ollama pull {model}",
    ),
    "model_unsupported": (
        "لم تُسند المقالات ما كتبه النموذج «{model}» فلم يُعرض؛ إليك ما في المقالات بنصّه",
        "What “{model}” wrote is not borne out by the articles, so it is not shown; here is what they say, word for word",
    ),
    "claims_withheld": (
        "حُذف من كلام النموذج «{model}» ما لا تسنده المقالات (عدد الجمل: {count})",
        "Left out of what “{model}” wrote: {count} sentence(s) that the articles do not bear out",
    ),
    "prompt_broken": (
        "نص التعليمات «{name}» معطوب؛ أعد تثبيت Dalil: pip install --force-reinstall dalil ({problem})",
        "The prompt “{name}” is broken ({problem}); install Dalil again: pip install --force-reinstall dalil",
    ),
    "dataset_broken": (
        "مجموعة التقييم لا تصلح: «{path}»، السطر {line} ({problem})",
        "The data set cannot be used: “{path}”, line {line}: {problem}",
    ),
    "dataset_broken.bare": (
        "مجموعة التقييم لا تصلح: «{path}» ({problem})",
        "The data set cannot be used: “{path}”: {problem}",
    ),
    "dataset_odd": (
        "ملاحظة على مجموعة التقييم «{path}»، السطر {line} ({problem})",
        "A note on the data set “{path}”, line {line}: {problem}",
    ),
    "dataset_odd.bare": (
        "ملاحظة على مجموعة التقييم «{path}» ({problem})",
        "A note on the data set “{path}”: {problem}",
    ),
    "article_unknown": (
        "لا يوجد مقال بالمعرّف «{article_id}»؛ لعرض المقالات: /sources",
        "There is no article with the id “{article_id}”; to list the articles: /sources",
    ),
    "bot_token_missing": (
        "لا رمز للبوت؛ اطلبه من @BotFather في تيليغرام ثم ضعه في «.env»: TELEGRAM_BOT_TOKEN=…",
        "The bot has no token; ask @BotFather in Telegram for one and put it in .env: TELEGRAM_BOT_TOKEN=…",
    ),
    "bot_token_refused": (
        "لا يعرف تيليغرام رمز هذا البوت؛ انسخه من جديد من @BotFather إلى TELEGRAM_BOT_TOKEN في «.env»",
        "Telegram does not know this bot token; copy it from @BotFather to TELEGRAM_BOT_TOKEN in .env again",
    ),
    "second_bot": (
        "برنامج آخر يعمل بهذا الرمز؛ أوقفه، أو اطلب رمزًا آخر من @BotFather",
        "Another program is at work with this bot token; stop it, or ask @BotFather for another token",
    ),
    "bot_running": (
        "يعمل بوت آخر على المجلد «{path}»؛ أوقفه أو اختر مجلدًا آخر بالخيار --data-dir",
        "A bot is at work on “{path}” already; stop it, or choose another folder with --data-dir",
    ),
    "webhook_refused": (
        "لم يقبل تيليغرام عنوان TELEGRAM_WEBHOOK_URL؛ صحّحه، أو احذفه ليعمل البوت دونه ({problem})",
        "Telegram does not take TELEGRAM_WEBHOOK_URL ({problem}); correct it, or remove it for long polling",
    ),
    "bot_failed": (
        "توقف البوت لعطل غير متوقع ({kind})؛ شغّله من جديد: dalil bot، وأبلغ عنه كما في ملف CONTRIBUTING.md",
        "The bot met an unexpected fault ({kind}); start it again: dalil bot, and report it as CONTRIBUTING.md says",
    ),
    "port_taken": (
        "يستمع برنامج آخر على المنفذ {port}؛ أوقفه أو اختر منفذًا آخر في الإعداد {setting}",
        "Another program listens on port {port}; stop it, or choose another port in {setting}",
    ),
    "port_forbidden": (
        "لا إذن بالاستماع على المنفذ {port}؛ اختر منفذًا من 1024 فما فوق في الإعداد {setting}",
        "Listening on port {port} is not permitted; choose one from 1024 on in {setting}",
    ),
}
