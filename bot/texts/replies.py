"""What the doors say around an answer: reports, the chat, the check-up, and faults of a command line."""

from __future__ import annotations

REPLIES: dict[str, tuple[str, str]] = {
    # the command line
    "unexpected": (
        "خطأ غير متوقع ({kind}): {problem}؛ أبلغ عنه كما في ملف CONTRIBUTING.md",
        "Unexpected fault ({kind}): {problem}; please report it as CONTRIBUTING.md says",
    ),
    "unwritable": (
        "تعذّرت قراءة ملف أو الكتابة فيه؛ لفحص الحالة: dalil doctor ({problem})",
        "A file could not be read or written ({problem}); to check the set-up: dalil doctor",
    ),
    "no_output": (
        "تعذّرت الكتابة: مخرج البرنامج مغلق؛ شغّله دون «>&-»",
        "Cannot write: standard output is closed; run it without >&-",
    ),
    "usage.missing": ("ينقص «{name}»؛ للمساعدة: {command} --help", "“{name}” is missing; for help: {command} --help"),
    "usage.option": (
        "لا يوجد خيار بالاسم «{name}»؛ للمساعدة: {command} --help",
        "There is no option “{name}”; for help: {command} --help",
    ),
    "usage.option_value": (
        "الخيار «{name}» يحتاج إلى قيمة بعده؛ للمساعدة: {command} --help",
        "The option “{name}” needs a value; for help: {command} --help",
    ),
    "usage.command": (
        "ينقص الأمر الفرعي؛ للمساعدة: {command} --help",
        "A command is missing; for help: {command} --help",
    ),
    "usage.value": (
        "قيمة لا تصلح للخيار «{name}»؛ المتوقع: {expected}. للمساعدة: {command} --help",
        "Unusable value for “{name}”; expected: {expected}. For help: {command} --help",
    ),
    "usage.extra": (
        "كلمات زائدة: {words}؛ ضع السؤال كله بين علامتي اقتباس. للمساعدة: {command} --help",
        "Too many words: {words}; put the whole question in quotation marks. For help: {command} --help",
    ),
    "usage.other": ("{problem} للمساعدة: {command} --help", "{problem} For help: {command} --help"),
    # ingest
    "ingest.first": (
        "الفهرس فارغ؛ تُفهرس المقالات أولًا من «{path}»",
        "The index is empty; reading the articles in “{path}” first",
    ),
    "ingest.reading": ("فهرسة المقالات", "Indexing articles"),
    "ingest.rate": ("{rate} في الثانية", "{rate} per second"),
    "ingest.report": (
        "جديد: {added}، معدَّل: {updated}، بلا تغيير: {unchanged}، محذوف: {removed}، متعذّر: {failed}",
        "added {added}, updated {updated}, unchanged {unchanged}, removed {removed}, failed {failed}",
    ),
    "ingest.total": ("في الفهرس الآن: {passages} ({seconds} ثانية)", "In the index now: {passages} ({seconds} s)"),
    "backup.written": ("كُتبت النسخة في «{path}» ({size} ميغابايت)", "The backup is in {path} ({size} MB)"),
    "restore.done": ("استُعيدت النسخة «{path}»: {articles}", "{path} is restored: {articles}"),
    "reindex.working": ("إعادة بناء الفهرس", "Making the index anew"),
    "ingest.fetching": ("جلب الصفحات", "Fetching pages"),
    "ingest.watching": (
        "يُقرأ الجديد كل {period}؛ للإيقاف: Ctrl-C",
        "Reading what is new every {period}; to stop: Ctrl-C",
    ),
    "withdraw.done": (
        "سُحب: {articles}؛ لا عودة إلا بعد: dalil withdraw --undo",
        "Withdrawn: {articles}; not read again until: dalil withdraw --undo",
    ),
    "withdraw.undone": ("رُفع السحب؛ اقرأ المصدر من جديد: dalil ingest", "Lifted; read the source again: dalil ingest"),
    "ingest.withdrawn": (
        "لم تُقرأ مصادر ومقالات سُحبت قبل: {count}",
        "Withdrawn before, and not read: {count}",
    ),
    "ingest.undated": (
        "بلا تاريخ نشر يُقرأ: {articles}؛ لا تعثر عليها أسئلة الفترات",
        "Without a day of publication that could be read: {articles}; questions about a period do not find them",
    ),
    "ingest.passed_over": (
        "لم تُقرأ ملفات من أنواع لا قارئ لها: {kinds}",
        "Files of kinds that no reader knows were passed over: {kinds}",
    ),
    "failure.more": (
        "وللسبب نفسه {sources}، منها: {example}",
        "and {sources} more for the same reason, such as: {example}",
    ),
    "failure.line": ("{message} (السطر {line})", "{message} (line {line})"),
    "failure.origin": ("{origin}: {message}", "{origin}: {message}"),
    # feedback
    "feedback.exported": ("كُتبت أسئلة عددها: {count}", "Questions written: {count}"),
    # answers
    "answer.planted": (
        "⚠ في هذا المقطع أوامر موجّهة إلى البرامج لا إلى القارئ؛ لم يُعمل بها",
        "⚠ This passage holds commands addressed to machines, not to readers; they were not followed",
    ),
    "answer.also": ("ونُشر أيضًا في: {names}", "Also in: {names}"),
    "answer.also.more": ("ونُشر أيضًا في: {names} (وغيرها: {more})", "Also in: {names} and {more} more"),
    "answer.dated_by": ("التاريخ مستنتج من النص: «{words}»", "The date is inferred from the text: “{words}”"),
    "answer.superseded": (
        "صدرت نسخة أحدث من هذا الخبر",
        "Superseded by a later version",
    ),
    "article.version": ("نسخة سابقة من {days}", "Earlier version of {days}"),
    "article.versions": ("نسخ سابقة: {days}", "Earlier versions: {days}"),
    "article.version.undated": ("تاريخ غير معروف", "an unknown date"),
    "answer.nearest": ("أقرب ما في المقالات:", "The closest passages:"),
    "answer.working": ("أبحث في المقالات…", "Searching the articles…"),
    "search.nothing": ("لا نتائج لهذا البحث.", "Nothing was found."),
    # the chat
    "chat.welcome": (
        "دليل: {articles}. الأجوبة: {mode}. للمساعدة: /help",
        "Dalil: {articles}. Answers: {mode}. For help: /help",
    ),
    "chat.mode.quotes": ("اقتباسات حرفية من المقالات", "verbatim quotes from the articles"),
    "chat.mode.llm": ("بقلم النموذج {model} مع الشواهد", "written by {model}, with evidence"),
    "chat.help": (
        "اكتب سؤالك واضغط Enter.\n"
        "/sources  مقاطع الجواب الأخير كاملة، أو المقالات قبل أول جواب\n"
        "/open N   المقال الذي فيه الشاهد N، والشاهد معلَّم فيه\n"
        "/new      محادثة جديدة: تُنسى الأسئلة السابقة\n"
        "/help     هذه المساعدة\n"
        "/quit     الخروج (أو Ctrl-D)؛ وCtrl-C توقف الجواب",
        "Type a question and press Enter.\n"
        "/sources  the full passages of the last answer, or the articles before the first one\n"
        "/open N   the article of citation N, with the quoted words marked\n"
        "/new      a new conversation: earlier questions are forgotten\n"
        "/help     this help\n"
        "/quit     leave (or Ctrl-D); Ctrl-C stops an answer",
    ),
    "chat.new": ("بدأت محادثة جديدة.", "New conversation."),
    "chat.stopped": ("أُوقف الجواب.", "Answer stopped."),
    "chat.unknown": (
        "لا يوجد أمر بالاسم «{name}»؛ لعلك تقصد {suggestion}",
        "There is no command “{name}”; did you mean {suggestion}",
    ),
    "chat.unknown.bare": ("لا يوجد أمر بالاسم «{name}»؛ الأوامر: /help", "There is no command “{name}”; see /help"),
    "chat.open.which": (
        "اكتب رقم الشاهد بعد الأمر، مثل: /open 1",
        "Give the number of a citation, for example: /open 1",
    ),
    "chat.open.none": (
        "لا شيء بالرقم {number}؛ للقائمة: /sources",
        "There is no number {number}; for the list: /sources",
    ),
    "chat.more": ("… والمجموع {articles}", "… {articles} in all"),
    "chat.no_articles": ("لا مقالات في الفهرس؛ لإضافتها: dalil ingest", "No articles are held; add some: dalil ingest"),
    # the check-up
    "doctor.settings": ("الإعدادات", "settings"),
    "doctor.articles": ("مجلد المقالات", "articles folder"),
    "doctor.data": ("مجلد البيانات", "data folder"),
    "doctor.embedder": ("نموذج التضمين", "embedding model"),
    "doctor.reranker": ("نموذج إعادة الترتيب", "reranking model"),
    "doctor.index": ("الفهرس", "index"),
    "doctor.chroma": ("خادم Chroma", "Chroma server"),
    "doctor.llm": ("النموذج اللغوي", "language model"),
    "doctor.entailment": ("نموذج الاستلزام", "entailment model"),
    "doctor.telegram": ("بوت تيليغرام", "Telegram bot"),
    "doctor.ready": ("كل شيء جاهز.", "Everything is ready."),
    "doctor.not_ready": ("لا يعمل Dalil قبل إصلاح ما سبق.", "Dalil cannot work before this is mended."),
    "doctor.mend": ("الإصلاح: {fix}", "mend: {fix}"),
    "doctor.advice": ("لتحسينه: {fix}", "to improve: {fix}"),
    "doctor.unset": ("غير مضبوط", "not set"),
    "doctor.set": ("مضبوط", "set"),
    "doctor.index.empty": ("فارغ؛ يُملأ عند أول سؤال", "empty; the first question fills it"),
    "doctor.llm.off": ("معطّل، والأجوبة اقتباسات حرفية", "off; answers are verbatim quotes"),
    "doctor.entailment.slow": (
        "{model}؛ أبطأ من أن يُنتظر رأيه على هذا الجهاز",
        "{model}; too slow on this machine for its opinion to be waited for",
    ),
    "doctor.llm.absent": (
        "لا يجيب Ollama أو ليس فيه نموذج، والأجوبة اقتباسات حرفية",
        "Ollama does not answer or has no model; answers are verbatim quotes",
    ),
    "doctor.verify": ("سلامة المحفوظ", "what is stored"),
    "doctor.verify.sound": ("سليم كله: {articles} · {passages}", "sound: {articles} · {passages}"),
    "verify.working": ("فحص المحفوظ", "Verifying"),
    "damage.database": ("ملف قاعدة البيانات «{example}» تالف", "the database “{example}” is damaged"),
    "damage.article": (
        "مقالات ليس نصها كما حُفظ: {count}، منها «{example}»",
        "articles that are not as they were stored: {count}, such as “{example}”",
    ),
    "damage.unfinished": (
        "لم تُستكمل فهرستها: {count}، منها «{example}»",
        "not indexed to the end: {count}, such as “{example}”",
    ),
    "damage.passages": (
        "مقالات ليست مقاطعها مقاطع نصها: {count}، منها «{example}»",
        "articles whose passages are not those of their text: {count}, such as “{example}”",
    ),
    "damage.fingerprint": (
        "لا يُعرف بأي إعداد بُنيت متجهات «{example}»",
        "how the vectors of “{example}” were made is not known",
    ),
    "damage.vectors_unreadable": ("تعذّرت قراءة المتجهات في «{example}»", "the vectors in “{example}” cannot be read"),
    "damage.vectors_missing": (
        "مقاطع بلا متجهات: {count}، منها «{example}»",
        "passages without a vector: {count}, such as “{example}”",
    ),
    "damage.vectors_extra": (
        "متجهات بلا مقاطع: {count}، منها «{example}»",
        "vectors without a passage: {count}, such as “{example}”",
    ),
    "damage.vectors_wrong": (
        "مقاطع متجهاتها ليست متجهات نصها: {count}، منها «{example}»",
        "passages whose vector is not that of their text: {count}, such as “{example}”",
    ),
    "damage.vectors_unreached": (
        "مقاطع لا يصل إليها البحث بمتجهاتها: {count}، منها «{example}»",
        "passages that a search by their vectors does not reach: {count}, such as “{example}”",
    ),
    "damage.lexical_unreadable": (
        "تعذّرت قراءة فهرس الكلمات ({example})",
        "the lexical index cannot be read ({example})",
    ),
    "damage.lexical_changed": (
        "أجزاء من فهرس الكلمات ليست كما كُتبت: {count}، منها «{example}»",
        "segments of the lexical index that are not as they were written: {count}, such as “{example}”",
    ),
    "damage.lexical_passages": (
        "فهرس الكلمات لا يطابق المقاطع: {count}",
        "the lexical index does not hold the passages that are stored: {count}",
    ),
    # counted nouns; the forms are those of CLDR's plural rules
    "source.zero": ("لا مصادر أخرى", "no sources"),
    "source.one": ("مصدر آخر", "1 source"),
    "source.two": ("مصدران آخران", "{n} sources"),
    "source.few": ("{n} مصادر أخرى", "{n} sources"),
    "source.many": ("{n} مصدرًا آخر", "{n} sources"),
    "source.other": ("{n} مصدر آخر", "{n} sources"),
    "article.zero": ("لا مقالات", "no articles"),
    "article.one": ("مقال واحد", "1 article"),
    "article.two": ("مقالان", "{n} articles"),
    "article.few": ("{n} مقالات", "{n} articles"),
    "article.many": ("{n} مقالًا", "{n} articles"),
    "article.other": ("{n} مقال", "{n} articles"),
    "passage.zero": ("لا مقاطع", "no passages"),
    "passage.one": ("مقطع واحد", "1 passage"),
    "passage.two": ("مقطعان", "{n} passages"),
    "passage.few": ("{n} مقاطع", "{n} passages"),
    "passage.many": ("{n} مقطعًا", "{n} passages"),
    "passage.other": ("{n} مقطع", "{n} passages"),
    # dalil eval
    "eval.counts": (
        "الأسئلة: {queries}، المقاطع: {passages}، الفهرسة: {seconds} ث",
        "{queries} questions, {passages} passages, indexed in {seconds} s",
    ),
    "eval.questions": ("الأسئلة: {queries}", "{queries} questions"),
    "eval.judged.evidence": (
        "الحكم بالشاهد: موضع المستند موضع أول مقطع منه فيه الجواب",
        "judged by evidence: a document stands where its first passage with a gold span stands",
    ),
    "eval.judged.document": (
        "الحكم بالمستند، أيًا كان ما في مقاطعه",
        "judged by document, whatever its passages hold",
    ),
    "eval.ranges": ("مجالات الثقة 95 %: {ranges}", "95 % intervals: {ranges}"),
    "eval.won": ("كسب", "won"),
    "eval.lost": ("خسر", "lost"),
    "eval.weights": ("وزن المتجهات في الدمج وnDCG@10:", "weight of the vectors in the fusion, nDCG@10:"),
    "eval.tuned": (
        "حُفظ وزن المتجهات {weight} مع الفهرس في «{path}»",
        "The vectors' weight {weight} is kept with the index in {path}",
    ),
    "eval.report": ("كُتب التقرير في «{path}»", "The report is in {path}"),
    "eval.below": (
        "{dataset}: {measure} = {value}، دون الحد الأدنى {floor}",
        "{dataset}: {measure} is {value}, below its floor {floor}",
    ),
    "eval.intervals": (
        "مجالات الثقة 95 % (standalone إن وُجدت): {ranges}",
        "95 % intervals (standalone if present): {ranges}",
    ),
    "eval.modes": ("أجاب: llm {llm}، quotes {quotes}", "answered: llm {llm}, quotes {quotes}"),
    "eval.notices": ("{modes}؛ تنبيهات: {notices}", "{modes}; notices: {notices}"),
    "eval.followups": ("{modes}؛ followup_success {share}", "{modes}; followup_success {share}"),
    "eval.aurc": ("المساحة تحت منحنى الخطأ والتغطية (AURC): {aurc}", "area under risk over coverage (AURC): {aurc}"),
    "eval.threshold": (
        "العتبة المقترحة للثقة {threshold}: declined_right {right}، declined_wrong {wrong}",
        "recommended threshold of confidence {threshold}: declined_right {right}, declined_wrong {wrong}",
    ),
    "eval.let_through": (
        "أقوال صحيحة: العدد، حصة ما مرّ منها، مجال الثقة 95 %",
        "true claims: count, share let through, 95 % interval",
    ),
    "eval.stopped": (
        "أقوال باطلة: العدد، حصة ما أوقف منها، مجال الثقة 95 %",
        "false claims: count, share stopped, 95 % interval",
    ),
    "eval.wrongly_stopped": ("صحيح وأوقف ({fault})", "true, and stopped ({fault})"),
    "eval.wrongly_let": ("باطل ومرّ", "false, and let through"),
    "eval.declined_wrong": ("امتنع وكان الجواب موجودًا", "declined, though the articles answer"),
    "eval.no_evidence": ("أجاب بغير الشاهد المنتظر", "answered without the expected evidence"),
    "eval.answered_wrong": ("أجاب عمّا لا تجيب عنه المقالات", "answered what the articles do not answer"),
}
