"""The help of the commands: `help.COMMAND`, `help.COMMAND.PARAMETER`, `example.COMMAND`; the words of the page."""

from __future__ import annotations

COMMANDS: dict[str, tuple[str, str]] = {
    "help": (
        "دليل: يجيب عن أسئلتك من المقالات الإخبارية العربية التي عنده، ويعرض الشاهد على كل ما يقول.",
        "Dalil answers questions about Arabic news from the articles it holds, and shows the evidence for every claim.",
    ),
    "help.version": ("اعرض رقم الإصدار.", "Show the version."),
    "example": (
        "dalil chat\ndalil ask 'من هو رئيس أذربيجان؟'\ndalil ingest news/*.txt",
        "dalil chat\ndalil ask 'من هو رئيس أذربيجان؟'\ndalil ingest news/*.txt",
    ),
    "help.ingest": (
        "فهرس المقالات من ملفات ومجلدات وصفحات وخلاصات RSS؛ لا يُعالج إلا ما تغيّر.",
        "Index articles from files, folders, web pages and RSS feeds; only what changed is processed.",
    ),
    "help.ingest.paths": (
        "ملفات أو مجلدات أو أنماط مثل news/*.txt أو عناوين صفحات وخلاصات؛ وبدونها مجلد الإعداد DALIL_ARTICLES.",
        "Files, folders, patterns such as news/*.txt, addresses of pages or feeds; without any, the folder of DALIL_ARTICLES.",
    ),
    "help.ingest.watch": (
        "اقرأ الجديد مرة كل هذه الدقائق حتى توقفه.",
        "Read what is new every so many minutes, until it is stopped.",
    ),
    "help.ingest.engine": (
        "أين تُحسب متجهات نموذج تضمين مدرَّب: local على هذا الجهاز، أو ray على أجهزة كثيرة.",
        "Where the vectors of a trained embedding model are made: local, here, or ray, on many machines.",
    ),
    "help.ingest.ray_address": (
        "عنوان عنقود Ray، مثل host:6379؛ وبدونه عمليات على هذا الجهاز.",
        "The address of a Ray cluster, such as host:6379; without it, processes of this machine.",
    ),
    "example.ingest": (
        "dalil ingest\ndalil ingest news/ --json\ndalil ingest https://example.org/feed.xml --watch 10",
        "dalil ingest\ndalil ingest news/ --json\ndalil ingest https://example.org/feed.xml --watch 10",
    ),
    "help.ask": ("اسأل سؤالًا واحدًا واحصل على جواب بشواهده.", "Ask one question; get an answer with its evidence."),
    "help.ask.question": ("السؤال، بين علامتي اقتباس.", "The question, in quotation marks."),
    "help.ask.history": (
        "سؤال سابق في المحادثة نفسها؛ يُكرَّر الخيار، والأقدم أولًا.",
        "An earlier question of the same conversation; repeatable, the oldest first.",
    ),
    "example.ask": (
        "dalil ask 'من هو رئيس أذربيجان؟'\ndalil ask --history 'من هو رئيس أذربيجان؟' 'ماذا قال؟'",
        "dalil ask 'من هو رئيس أذربيجان؟'\ndalil ask --history 'من هو رئيس أذربيجان؟' 'ماذا قال؟'",
    ),
    "help.chat": ("حادث المقالات في الطرفية.", "Talk with the articles in the terminal."),
    "example.chat": ("dalil chat", "dalil chat"),
    "help.search": (
        "ابحث عن المقاطع الأقرب إلى الاستعلام دون جواب.",
        "Find the passages closest to a query, without an answer.",
    ),
    "help.search.query": ("نص البحث، بين علامتي اقتباس.", "What to look for, in quotation marks."),
    "help.search.k": ("عدد المقاطع.", "How many passages."),
    "help.search.like": (
        "نص البحث معرّف مقال (article_id): اعرض ما يشبهه من المقالات الأخرى.",
        "QUERY is the id of an article (article_id): show what is like it in other articles.",
    ),
    "example.search": ("dalil search -k 3 'وقف النار'", "dalil search -k 3 'وقف النار'"),
    "help.bot": (
        "شغّل بوت تيليغرام حتى توقفه؛ يلزمه رمز في TELEGRAM_BOT_TOKEN.",
        "Run the Telegram bot until it is stopped; it needs a token in TELEGRAM_BOT_TOKEN.",
    ),
    "example.bot": ("TELEGRAM_BOT_TOKEN=… dalil bot", "TELEGRAM_BOT_TOKEN=… dalil bot"),
    "help.reindex": (
        "أعد بناء الفهرس كله من المقالات المحفوظة، بجانب الفهرس العامل، ثم ضعه مكانه.",
        "Make the whole index anew from the stored articles, beside the one that is searched, and put it in its place.",
    ),
    "help.reindex.engine": (
        "أين تُحسب متجهات نموذج تضمين مدرَّب: local على هذا الجهاز، أو ray على أجهزة كثيرة.",
        "Where the vectors of a trained embedding model are made: local, here, or ray, on many machines.",
    ),
    "help.reindex.ray_address": (
        "عنوان عنقود Ray، مثل host:6379؛ وبدونه عمليات على هذا الجهاز.",
        "The address of a Ray cluster, such as host:6379; without it, processes of this machine.",
    ),
    "example.reindex": (
        "dalil reindex\nDALIL_EMBEDDING_MODEL=intfloat/multilingual-e5-small dalil reindex",
        "dalil reindex\nDALIL_EMBEDDING_MODEL=intfloat/multilingual-e5-small dalil reindex",
    ),
    "help.withdraw": (
        "اسحب مقالات فلا تُجاب بها الأسئلة ولا تعود مع ما يُقرأ بعد ذلك.",
        "Take articles out, so that no answer cites them and no later ingest brings them back.",
    ),
    "help.withdraw.names": (
        "معرّف مقال، أو ملف أو مجلد قُرئت منه مقالات، أو عنوان صفحة.",
        "The id of an article, a file or folder that articles were read from, or the address of a page.",
    ),
    "help.withdraw.undo": (
        "ألغِ السحب، فيعود ما سُحب مع القراءة التالية.",
        "Lift it: the next ingest reads again what was withdrawn.",
    ),
    "example.withdraw": (
        "dalil withdraw https://example.org/news/7\ndalil withdraw news/old/ --undo",
        "dalil withdraw https://example.org/news/7\ndalil withdraw news/old/ --undo",
    ),
    "help.backup": (
        "احفظ المقالات والمحادثات والتقييمات في ملف واحد، ولو كان البوت يعمل.",
        "Write the articles, conversations and votes to one file, even while the bot runs.",
    ),
    "help.backup.file": ("الملف الذي يُكتب.", "The file to write."),
    "example.backup": ("dalil backup dalil.tar.gz", "dalil backup dalil.tar.gz"),
    "help.restore": (
        "استعد نسخة محفوظة ثم أعد بناء الفهرس منها.",
        "Put a backup back, and make the index anew from it.",
    ),
    "help.restore.file": ("ملف من dalil backup.", "A file of dalil backup."),
    "help.restore.force": (
        "ضعها مكان ما في مجلد البيانات، ويُحذف ما فيه.",
        "Put it in the place of what the data folder holds, which is deleted.",
    ),
    "example.restore": (
        "dalil restore dalil.tar.gz\ndalil restore dalil.tar.gz --data-dir other",
        "dalil restore dalil.tar.gz\ndalil restore dalil.tar.gz --data-dir other",
    ),
    "help.feedback": ("ما رأي القراء في الأجوبة؟", "What readers thought of the answers."),
    "example.feedback": (
        "dalil feedback export liked.jsonl\ndalil eval answers liked.jsonl",
        "dalil feedback export liked.jsonl\ndalil eval answers liked.jsonl",
    ),
    "help.feedback.export": (
        "اكتب الأسئلة التي أعجبت أجوبتها القراء (👍)، بالصيغة التي يقرؤها «dalil eval answers».",
        "Write the questions whose answers readers liked (👍), in the form that “dalil eval answers” reads.",
    ),
    "help.feedback.export.file": ("الملف؛ وبدونه المخرج القياسي.", "The file; without it, standard output."),
    "help.feedback.export.disliked": (
        "التي لم تعجبهم (👎) بدلًا منها، دون جواب مرجعي: ليكمله إنسان.",
        "The disliked ones (👎) instead, without gold answers: for a person to fill in.",
    ),
    "example.feedback.export": (
        "dalil feedback export liked.jsonl\ndalil feedback export --disliked",
        "dalil feedback export liked.jsonl\ndalil feedback export --disliked",
    ),
    "help.doctor": (
        "افحص الإعداد: ما هو مضبوط، وما يجيب، وما ينقص، والأمر الذي يصلحه.",
        "Check the set-up: what is configured, what answers, what is missing, and the command that mends it.",
    ),
    "help.doctor.deep": (
        "اقرأ كل ما هو محفوظ وقارنه بأصله، ثم سمِّ التالف وما يصلحه.",
        "Read all that is stored, compare it with what it was made from, and name what is damaged and what mends it.",
    ),
    "example.doctor": ("dalil doctor", "dalil doctor"),
    "help.eval": ("قِس جودة البحث والأجوبة.", "Measure how good search and answers are."),
    "example.eval": (
        "dalil eval retrieval DIR --split train\ndalil eval answers seeds/questions.jsonl",
        "dalil eval retrieval DIR --split train\ndalil eval answers seeds/questions.jsonl",
    ),
    "help.eval.retrieval": (
        "قِس البحث على مجموعات بتنسيق BEIR (corpus.jsonl وqueries.jsonl وqrels)، وقارن بين الإعدادات.",
        "Measure search over data sets in BEIR layout (corpus.jsonl, queries.jsonl, qrels) and compare configurations.",
    ),
    "help.eval.retrieval.folders": ("مجلدات مجموعات البيانات.", "Folders of data sets."),
    "help.eval.retrieval.split": (
        "القسم المطلوب؛ وبدونه test أو القسم الوحيد الموجود.",
        "The split; without it, test or the only one there is.",
    ),
    "help.eval.retrieval.configuration": (
        "ما يُقاس: default، أو without-grams مثلًا، أو words أو stems أو white-space.",
        "What is measured: default, without-grams and the like, words, stems, white-space.",
    ),
    "help.eval.retrieval.compare": (
        "إعداد آخر أو ملف نتائج بتنسيق TREC للمقارنة، وبالملف يُحكم في الجميع بالمستند؛ يُكرَّر الخيار.",
        "Another configuration, or a TREC run file (then all is judged by document), to compare with; repeatable.",
    ),
    "help.eval.retrieval.misspell": (
        "اسأل بأسئلة مغلوطة الإملاء: حرف خطأ في ثلاث كلمات من كل عشر.",
        "Ask misspelt questions: one letter edit in three words of ten.",
    ),
    "help.eval.retrieval.ablation": ("قارن بكل جزء محذوفًا على حدة.", "Compare with each part left out in turn."),
    "help.eval.retrieval.run": ("اكتب النتائج في ملف بتنسيق TREC.", "Write the run to a TREC file."),
    "help.eval.retrieval.score": (
        "قِس ملف نتائج بتنسيق TREC بدل البحث.",
        "Measure a TREC run file instead of searching.",
    ),
    "help.eval.retrieval.floor": (
        "ملف JSON بأدنى القيم المقبولة؛ رمز الخروج 1 إن نزل مقياس عنها.",
        "A JSON file of floors; exit code 1 when a measure is below its own.",
    ),
    "help.eval.retrieval.tune": (
        "جرّب أوزان المتجهات واحفظ أفضلها مع فهرس مجلد البيانات.",
        "Try weights of the vectors and keep the best with the index of the data folder.",
    ),
    "help.eval.retrieval.growth": (
        "قِس مجموعة من N مقطع مصنوعة من جمل هذه؛ يُكرَّر الخيار.",
        "Measure a collection of N passages made of this one's sentences; repeatable.",
    ),
    "help.eval.retrieval.report": (
        "اكتب تقريرًا بصيغة HTML يُفتح بلا شبكة.",
        "Write an HTML report that opens without a network.",
    ),
    "example.eval.retrieval": (
        "dalil eval retrieval DIR --compare words --report report.html\ndalil eval retrieval DIR --ablation",
        "dalil eval retrieval DIR --compare words --report report.html\ndalil eval retrieval DIR --ablation",
    ),
    "help.eval.support": (
        "قِس فحص الأقوال على شواهدها: أقوال صحيحة وأخرى باطلة مشتقة من المقالات.",
        "Measure the check of claims against what they cite, on true and false claims derived from articles.",
    ),
    "help.eval.support.paths": (
        "ملفات أو مجلدات أو مجموعات بيانات بتنسيق BEIR؛ وبدونها مجلد الإعداد DALIL_ARTICLES.",
        "Files, folders or data sets in BEIR layout; without any, the folder of DALIL_ARTICLES.",
    ),
    "help.eval.support.limit": ("عدد المقالات على الأكثر.", "How many articles at most."),
    "help.eval.support.seed": ("بذرة الاختيار العشوائي.", "The seed of what is drawn by chance."),
    "help.eval.support.misses": (
        "اعرض الباطل الذي مرّ والصحيح الذي أوقف.",
        "List the false claims let through and the true ones stopped.",
    ),
    "example.eval.support": (
        "dalil eval support seeds/*.txt --misses\ndalil eval support DIR --limit 200 --seed 1",
        "dalil eval support seeds/*.txt --misses\ndalil eval support DIR --limit 200 --seed 1",
    ),
    "help.eval.answers": (
        "قِس الأجوبة على أسئلة لها شواهد معروفة: ملف أسئلة عن المقالات، أو مجلد بتنسيق BEIR فيه answers.jsonl.",
        "Measure answers to questions with known evidence: a file about the articles held, or a BEIR folder with answers.jsonl.",
    ),
    "help.eval.answers.paths": ("ملفات أسئلة أو مجلدات.", "Files of questions, or folders."),
    "help.eval.answers.split": ("القسم المطلوب من مجموعة البيانات.", "The split of a data set."),
    "help.eval.answers.misses": ("اعرض الأسئلة التي أخطأها.", "List the questions that went wrong."),
    "help.eval.answers.llm": (
        "النموذج اللغوي الذي يُقاس، أو none، بدل الإعداد DALIL_LLM.",
        "The language model to measure, or none, instead of the setting DALIL_LLM.",
    ),
    "help.eval.answers.report": (
        "اكتب تقريرًا بصيغة HTML يُفتح بلا شبكة.",
        "Write an HTML report that opens without a network.",
    ),
    "example.eval.answers": (
        "dalil eval answers seeds/questions.jsonl --misses\ndalil eval answers seeds/questions.jsonl --report answers.html",
        "dalil eval answers seeds/questions.jsonl --misses\ndalil eval answers seeds/questions.jsonl --report answers.html",
    ),
    "help.*.data_dir": (
        "مجلد الفهرس، بدل الإعداد DALIL_DATA_DIR.",
        "The folder of the index, instead of DALIL_DATA_DIR.",
    ),
    "help.*.as_json": ("اطبع النتيجة بصيغة JSON.", "Print the result as JSON."),
    "help.*.help": ("اعرض هذه المساعدة.", "Show this help."),
    # the words of the page itself
    "page.usage": ("الاستعمال:", "Usage:"),
    "page.example": ("مثال:", "Example:"),
    "page.arguments": ("المعطيات:", "Arguments:"),
    "page.options": ("الخيارات:", "Options:"),
    "page.commands": ("الأوامر:", "Commands:"),
    "page.required": ("[مطلوب]", "[required]"),
    "page.default": ("[الافتراضي:", "[default:"),
}
