from __future__ import annotations

import math
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from retrieval import embedding
from retrieval.embedding import OllamaEmbedder, SentenceTransformerEmbedder, open_embedder
from retrieval.errors import BadSetting, EmbedderError, EmbedderMissing
from tests.ollama_double import Embed, OllamaDouble
from tests.ports import closed_port

ROOT = Path(__file__).parent.parent
TEXT = "افتتح الوزير الجسر"
OTHER = "فاز الفريق"
WORDS = ["[UNK]", "query", "passage", ":", *TEXT.split(), *OTHER.split()]


def length(vector: list[float]) -> float:
    return math.sqrt(math.fsum(value * value for value in vector))


# ---------------------------------------------------------------------------------------- sentence-transformers


def model_folder(parent: Path, name: str, prompts: dict[str, str] | None = None) -> str:
    """A model of eight numbers a word, saved; a text is the mean of its words."""
    import torch
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.sentence_transformer.modules import StaticEmbedding
    from tokenizers import Tokenizer
    from tokenizers.models import WordLevel
    from tokenizers.pre_tokenizers import Whitespace

    tokenizer = Tokenizer(WordLevel({word: n for n, word in enumerate(WORDS)}, unk_token="[UNK]"))
    tokenizer.pre_tokenizer = Whitespace()
    weights = torch.randn(len(WORDS), 8, generator=torch.Generator().manual_seed(1))
    weights[0] = 0  # an unknown word has no meaning
    model = SentenceTransformer(modules=[StaticEmbedding(tokenizer, embedding_weights=weights)], prompts=prompts)
    model.save(str(parent / name), create_model_card=False)
    return str(parent / name)


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    parent = tmp_path_factory.mktemp("models")
    return {
        "plain": model_folder(parent, "plain"),
        "e5": model_folder(parent, "tiny-e5-small"),
        "e5 instruct": model_folder(parent, "tiny-e5-instruct"),
        "own prompts": model_folder(parent, "own-e5", {"query": "افتتح ", "document": "فاز "}),
    }


@pytest.fixture(autouse=True)
def no_hub(monkeypatch: pytest.MonkeyPatch) -> None:
    """The hub at a port where nothing listens."""
    if "huggingface_hub" in sys.modules:
        monkeypatch.setattr("huggingface_hub.constants.ENDPOINT", closed_port())
        monkeypatch.setattr("huggingface_hub.hf_api.api.endpoint", closed_port())


def test_folder_gives_vectors_of_unit_length(folders: dict[str, str]) -> None:
    embedder = SentenceTransformerEmbedder(folders["plain"])
    assert embedder.dimension == 8 and embedder.name == folders["plain"]
    vectors = embedder.embed_documents([TEXT, OTHER] * 20)
    assert [len(vector) for vector in vectors] == [8] * 40
    assert all(math.isclose(length(vector), 1, abs_tol=1e-6) for vector in vectors)
    assert vectors[::2] == [vectors[0]] * 20 and vectors[0] != vectors[1]
    assert type(vectors[0][0]) is float


def test_model_without_prompts_embeds_both_alike(folders: dict[str, str]) -> None:
    for name in ("plain", "e5 instruct"):
        embedder = SentenceTransformerEmbedder(folders[name])
        assert embedder.embed_query(TEXT) == pytest.approx(embedder.embed_documents([TEXT])[0])


def test_e5_gets_the_prompts_of_its_paper(folders: dict[str, str]) -> None:
    e5, plain = (SentenceTransformerEmbedder(folders[name]) for name in ("e5", "plain"))
    assert e5.embed_query(TEXT) == pytest.approx(plain.embed_query(f"query: {TEXT}"))
    assert e5.embed_documents([TEXT])[0] == pytest.approx(plain.embed_query(f"passage: {TEXT}"))
    assert e5.embed_query(TEXT) != pytest.approx(e5.embed_documents([TEXT])[0])


def test_prompts_of_a_model_win(folders: dict[str, str]) -> None:
    own, plain = (SentenceTransformerEmbedder(folders[name]) for name in ("own prompts", "plain"))
    assert own.embed_query(TEXT) == pytest.approx(plain.embed_query(f"افتتح {TEXT}"))
    assert own.embed_documents([TEXT])[0] == pytest.approx(plain.embed_query(f"فاز {TEXT}"))


def test_text_that_has_no_vector_is_a_fault(folders: dict[str, str]) -> None:
    with pytest.raises(EmbedderError, match="zeros") as caught:
        SentenceTransformerEmbedder(folders["plain"]).embed_documents([TEXT, "مجهولة"])
    assert type(caught.value) is EmbedderError


def test_no_texts_have_no_vectors() -> None:
    assert SentenceTransformerEmbedder("not/there").embed_documents([]) == []


@pytest.mark.parametrize("model", ["{folder}/nowhere", "someone/not-on-this-machine", "not-on-this-machine"])
def test_model_that_is_not_here_is_missing_at_once(folders: dict[str, str], tmp_path: Path, model: str) -> None:
    model = model.format(folder=tmp_path)
    started = time.monotonic()
    with pytest.raises(EmbedderMissing) as caught:
        SentenceTransformerEmbedder(model).embed_query(TEXT)
    assert caught.value.values == {"model": model}
    assert time.monotonic() - started < 5


def test_broken_folder_is_a_fault(folders: dict[str, str], tmp_path: Path) -> None:
    tmp_path.joinpath("modules.json").write_text("{", "utf-8")
    with pytest.raises(EmbedderError) as caught:
        SentenceTransformerEmbedder(str(tmp_path)).embed_query(TEXT)
    assert type(caught.value) is EmbedderError


def test_setting_opens_its_embedder() -> None:
    ollama = open_embedder("ollama:bge:567m", ollama_host="server:1")
    assert isinstance(ollama, OllamaEmbedder) and ollama.name == "ollama:bge:567m"
    assert isinstance(open_embedder("intfloat/multilingual-e5-small", ollama_host=None), SentenceTransformerEmbedder)
    bundled = open_embedder("bundled", ollama_host="not a url")
    assert bundled.name == "bundled" and len(bundled.embed_query(TEXT)) == bundled.dimension


def test_malformed_host_is_a_bad_setting() -> None:
    with pytest.raises(BadSetting):
        open_embedder("ollama:m", ollama_host="not a url")


def test_nothing_heavy_is_imported_before_it_is_used() -> None:
    code = "import sys; from retrieval.embedding import open_embedder; open_embedder('a/b', ollama_host=None); "
    code += "open_embedder('ollama:m', ollama_host=None); "
    code += "print([m for m in ('torch', 'sentence_transformers', 'ollama', 'numpy', 'httpx') if m in sys.modules])"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT).stdout.strip() == "[]"


# ---------------------------------------------------------------------------------------- Ollama


@pytest.fixture
def ollama(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(embedding, "_PAUSE_SECONDS", 0.01)
    with OllamaDouble() as double:
        yield double


@pytest.fixture
def embedder(ollama: OllamaDouble):
    embedder = OllamaEmbedder("m", ollama.url, read_seconds=0.3)
    yield embedder
    embedder._client.close()


def test_vectors_of_ollama_are_unit_length(ollama: OllamaDouble, embedder: OllamaEmbedder) -> None:
    ollama.embeds.append(Embed([[3.0, 4.0], [0.0, -2.0]]))
    assert embedder.embed_documents([TEXT, OTHER]) == [pytest.approx([0.6, 0.8]), [0.0, -1.0]]
    assert ollama.asked("/api/embed") == [{"model": "m", "input": [TEXT, OTHER]}]


def test_dimension_is_asked_for_once(ollama: OllamaDouble, embedder: OllamaEmbedder) -> None:
    assert (embedder.dimension, embedder.dimension, embedder.name) == (3, 3, "ollama:m")
    assert len(ollama.requests) == 1


def test_texts_are_sent_in_batches_and_come_back_in_order(ollama: OllamaDouble, embedder: OllamaEmbedder) -> None:
    texts = ["ن" * n for n in range(1, 71)]
    vectors = embedder.embed_documents(texts)
    assert [len(asked["input"]) for asked in ollama.asked("/api/embed")] == [32, 32, 6]
    assert vectors == [embedder.embed_query(text) for text in texts]


def test_proxies_of_the_environment_are_not_used(embedder: OllamaEmbedder, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    assert embedder.embed_query(TEXT)


def test_enormous_and_tiny_numbers_are_normalised(ollama: OllamaDouble, embedder: OllamaEmbedder) -> None:
    ollama.embeds.append(Embed([[3e300, 4e300], [3e-200, 4e-200]]))
    assert embedder.embed_documents([TEXT, OTHER]) == [pytest.approx([0.6, 0.8])] * 2


GOOD = Embed([[1.0, 2.0, 2.0]])
UNUSABLE = {
    "a vector too few": [],
    "a vector too many": [[1.0, 2.0, 3.0], [1.0, 2.0, 3.0]],
    "NaN": [[1.0, math.nan, 3.0]],
    "infinity": [[1.0, math.inf, 3.0]],
    "zeros": [[0.0, 0.0, 0.0]],
    "too short": [[1.0, 2.0]],
    "empty": [[]],
    "null": [[1.0, None, 3.0]],
    "no list": "vectors",
}


@pytest.mark.parametrize("embeddings", UNUSABLE.values(), ids=UNUSABLE.keys())
def test_unusable_vectors_never_get_out(ollama: OllamaDouble, embedder: OllamaEmbedder, embeddings: Any) -> None:
    assert embedder.dimension == 3
    ollama.embeds.extend([Embed(embeddings)] * 2)
    with pytest.raises(EmbedderError) as caught:
        embedder.embed_query(TEXT)
    assert type(caught.value) is EmbedderError
    assert caught.value.values["model"] == "ollama:m" and caught.value.values["problem"]
    ollama.embeds.append(GOOD)
    assert embedder.embed_query(TEXT) == pytest.approx([1 / 3, 2 / 3, 2 / 3])


def test_vectors_of_two_lengths_never_get_out(ollama: OllamaDouble, embedder: OllamaEmbedder) -> None:
    ollama.embeds.extend([Embed([[1.0, 2.0], [1.0, 2.0, 3.0]])] * 2)
    with pytest.raises(EmbedderError):
        embedder.embed_documents([TEXT, OTHER])


def test_vectors_that_swap_batches_never_get_out(ollama: OllamaDouble, embedder: OllamaEmbedder) -> None:
    """33 vectors for the first 32 texts and none for the last make the right sum."""
    ollama.embeds.extend([Embed([[1.0, 2.0]] * 33), Embed([]), Embed([[1.0, 2.0]] * 33), Embed([])])
    with pytest.raises(EmbedderError):
        embedder.embed_documents([TEXT] * 33)


@pytest.mark.parametrize("fault", [Embed(status=500), Embed(status=503), Embed([[math.nan]]), Embed([])])
def test_passing_fault_is_tried_once_more(ollama: OllamaDouble, embedder: OllamaEmbedder, fault: Embed) -> None:
    ollama.embeds.extend([fault, GOOD])
    assert embedder.embed_query(TEXT) == pytest.approx([1 / 3, 2 / 3, 2 / 3])
    assert len(ollama.requests) == 2


@pytest.mark.parametrize(("status", "requests"), [(500, 2), (400, 1)])
def test_lasting_fault_is_raised(ollama: OllamaDouble, embedder: OllamaEmbedder, status: int, requests: int) -> None:
    ollama.embeds.extend([Embed(status=status, problem="no memory")] * 3)
    with pytest.raises(EmbedderError) as caught:
        embedder.embed_query(TEXT)
    assert type(caught.value) is EmbedderError and caught.value.values["problem"] == "no memory"
    assert len(ollama.requests) == requests


def test_unknown_model_is_missing(ollama: OllamaDouble) -> None:
    embedder = OllamaEmbedder("other", ollama.url)
    with pytest.raises(EmbedderMissing) as caught:
        embedder.embed_query(TEXT)
    assert caught.value.values == {"model": "ollama:other"}
    assert len(ollama.requests) == 1
    embedder._client.close()


def test_refused_connection_is_a_fault_at_once() -> None:
    url = closed_port()
    started = time.monotonic()
    with pytest.raises(EmbedderError) as caught:
        OllamaEmbedder("m", url).embed_query(TEXT)
    assert type(caught.value) is EmbedderError and url in caught.value.values["problem"]
    assert time.monotonic() - started < 2


def test_server_that_hangs_is_a_fault(ollama: OllamaDouble, embedder: OllamaEmbedder) -> None:
    ollama.embeds.append(Embed(hang=True))
    started = time.monotonic()
    with pytest.raises(EmbedderError):
        embedder.embed_query(TEXT)
    assert time.monotonic() - started < 3
    assert len(ollama.requests) == 1  # who has waited once is not made to wait twice
