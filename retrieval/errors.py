"""The faults Dalil can explain. Each class has a code; the door turns code and values into one line in the reader's language.

Foreign exceptions are translated where a library is called, never further up.
"""

from __future__ import annotations

from typing import ClassVar

SHOWN_OF_A_NAME = 60
"""Characters of a name that is too long for the system; the rest is no help to a reader."""


class DalilError(Exception):
    """Root of the tree. `values` fill the placeholders of the message that belongs to `code`."""

    code: ClassVar[str] = "fault"
    exit_code: ClassVar[int] = 1

    def __init__(self, **values: object) -> None:
        self.values = {name: str(value) for name, value in values.items()}
        super().__init__(f"{self.code}: {self.values}" if values else self.code)


class UsageError(DalilError):
    """The caller asked for something that cannot be: a bad argument, setting or question. Exit code 2."""

    code = "usage"
    exit_code = 2


class UnknownSetting(UsageError):
    """A DALIL_… name that is not a setting. Values: name, suggestion."""

    code = "unknown_setting"


class BadSetting(UsageError):
    """A setting whose value cannot be used. Values: name, value, expected."""

    code = "bad_setting"


class SettingFileUnreadable(BadSetting):
    """A file of settings that cannot be read, or is not UTF-8. Values: name, path."""

    code = "bad_setting_file"


class SettingLineBroken(BadSetting):
    """A line of a file of settings that sets nothing. Values: name, path, line, start."""

    code = "bad_setting_line"


class OptionsClash(UsageError):
    """Two options of one command of which each makes the other void. Values: first, second, problem."""

    code = "options_clash"


class EmptyQuestion(UsageError):
    """Nothing to search for is left of the question after cleaning."""

    code = "empty_question"


class QuestionTooLong(UsageError):
    """Values: length, limit (characters)."""

    code = "question_too_long"


class SourceError(DalilError):
    """A source that could not be read. Values: path and, where known, line."""

    code = "source_unreadable"


class SourceMissing(SourceError):
    """Values: path."""

    code = "source_missing"


class SourceEmpty(SourceError):
    """A file without an article. Values: path."""

    code = "source_empty"


class SourceKindUnknown(SourceError):
    """A file of a kind that no reader knows. Values: path, kinds."""

    code = "source_kind_unknown"


class SourceBinary(SourceError):
    """A file that is not text. Values: path."""

    code = "source_binary"


class SourceEncoding(SourceError):
    """A text whose encoding could not be recognised with confidence. Values: path."""

    code = "source_encoding"


class SourceDamaged(SourceEncoding):
    """A text in UTF-8 but for some bytes. Values: path, line (of the first of them), byte (its value, as 0xNN)."""

    code = "source_damaged"


class SourceUnnamed(UsageError):
    """An empty name where a file or folder is wanted: an unset variable of a script, most often."""

    code = "source_unnamed"


class SourceAddress(UsageError):
    """An address where a file or folder is wanted. Values: path."""

    code = "source_address"


class RecordBroken(SourceError):
    """A record of a file that is not valid JSON or lacks a field. Values: path, line, problem."""

    code = "record_broken"


class StoreError(DalilError):
    """The index cannot be read or written. Values: path, problem."""

    code = "store_failed"


class StoreNotAFolder(StoreError):
    """The data folder is a file, or lies where no folder can be made. Values: path."""

    code = "store_not_a_folder"


class StoreReadOnly(StoreError):
    """Values: path."""

    code = "store_read_only"


class StoreBusy(StoreError):
    """Another process owns the data folder. Values: path, owner."""

    code = "store_busy"


class StoreMismatch(StoreError):
    """The index was built with another embedder, chunking or normaliser. Values: stored, wanted."""

    code = "store_mismatch"


class StoreTooNew(StoreError):
    """A file that a later Dalil has written. Values: path, version, known."""

    code = "store_too_new"


class StoreOutdated(StoreError):
    """A file of an earlier Dalil that has to be brought up to date and cannot be written. Values: path, version, known."""

    code = "store_outdated"


class StoreUnreachable(StoreError):
    """The Chroma server does not answer. Values: url."""

    code = "store_unreachable"


class DiskFull(StoreError):
    """Values: path."""

    code = "disk_full"


class EmbedderError(DalilError):
    """The embedding model failed or returned vectors that cannot be used. Values: model, problem."""

    code = "embedder_failed"


class EmbedderMissing(EmbedderError):
    """The embedding model is not on this machine. Values: model."""

    code = "embedder_missing"


class EngineMissing(DalilError):
    """Ray, on which was to be embedded, is not installed."""

    code = "engine_missing"


class EngineFailed(DalilError):
    """Ray cannot be reached, or its workers failed. Values: problem."""

    code = "engine_failed"


class RerankerError(DalilError):
    """The reranker failed or its files cannot be used. Values: model, problem."""

    code = "reranker_failed"


class RerankerMissing(RerankerError):
    """The reranker is not on this machine. Values: model."""

    code = "reranker_missing"


class EntailmentError(DalilError):
    """The entailment model failed, or is none. Values: model, problem."""

    code = "entailment_failed"


class EntailmentMissing(EntailmentError):
    """The entailment model is not on this machine. Values: model."""

    code = "entailment_missing"


class ModelError(DalilError):
    """The language model failed in mid-answer. Values: model, problem."""

    code = "model_failed"


class ModelUnreachable(ModelError):
    """Ollama does not answer. Values: host."""

    code = "model_unreachable"


class ModelMissing(ModelError):
    """Ollama answers but lacks the model. Values: model."""

    code = "model_missing"


class ModelUnsupported(ModelError):
    """Nothing of what the model wrote is borne out by the passages. Values: model."""

    code = "model_unsupported"


class ClaimsWithheld(ModelError):
    """Some sentences of the model are not borne out by the passages and were left out. Values: model, count."""

    code = "claims_withheld"


class PromptBroken(DalilError):
    """A prompt file lacks a placeholder or has an unknown one. Values: name, problem."""

    code = "prompt_broken"


class DatasetBroken(UsageError):
    """An evaluation data set that cannot be used. Values: path, problem, and line where one is at fault."""

    code = "dataset_broken"


class DatasetOdd(DalilError):
    """What is odd in an evaluation data set and yet scored as the field does; told, never raised.

    Values: path, problem, and line where one is meant.
    """

    code = "dataset_odd"


class ArticleUnknown(UsageError):
    """Values: article_id."""

    code = "article_unknown"
