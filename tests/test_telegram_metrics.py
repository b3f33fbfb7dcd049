"""What the bot counts: readable by Prometheus, from fixed sets of labels, each object for itself."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families

from bot.telegram.metrics import Metrics
from retrieval.errors import DiskFull


def samples(metrics: Metrics) -> dict[tuple[str, frozenset[tuple[str, str]]], float]:
    families = text_string_to_metric_families(metrics.exposition().decode())
    return {(sample.name, frozenset(sample.labels.items())): sample.value for f in families for sample in f.samples}


def value(metrics: Metrics, name: str, **labels: str) -> float | None:
    return samples(metrics).get((name, frozenset(labels.items())))


def test_what_happened_is_counted() -> None:
    metrics = Metrics()
    metrics.question("group")
    metrics.answered("llm", "declined", 4.0)
    metrics.update("press")
    metrics.skipped("not_allowed")
    metrics.request("sendMessage", "flood")
    metrics.fault(DiskFull.code)
    assert value(metrics, "dalil_questions_total", kind="group") == 1
    assert value(metrics, "dalil_answers_total", mode="llm", outcome="declined") == 1
    assert value(metrics, "dalil_updates_total", kind="press") == 1
    assert value(metrics, "dalil_updates_skipped_total", reason="not_allowed") == 1
    assert value(metrics, "dalil_requests_total", method="sendMessage", outcome="flood") == 1
    assert value(metrics, "dalil_faults_total", code="disk_full") == 1


def test_times_fall_into_buckets() -> None:
    metrics = Metrics()
    metrics.first_sign(0.9)
    metrics.first_sign(7.0)
    metrics.answered("quotes", "answered", 2.5)
    assert value(metrics, "dalil_first_sign_seconds_bucket", le="1.0") == 1
    assert value(metrics, "dalil_first_sign_seconds_bucket", le="8.0") == 2
    assert value(metrics, "dalil_answer_seconds_bucket", le="2.0") == 0
    assert value(metrics, "dalil_answer_seconds_bucket", le="3.0") == 1
    assert value(metrics, "dalil_answer_seconds_sum") == 2.5


def test_gauges_say_what_is() -> None:
    metrics = Metrics()
    metrics.queue(waiting=3, running=2)
    metrics.polled(1_800_000_000.0)
    metrics.articles(57)
    assert value(metrics, "dalil_queue_waiting") == 3
    assert value(metrics, "dalil_queue_running") == 2
    assert value(metrics, "dalil_last_poll_timestamp_seconds") == 1_800_000_000
    assert value(metrics, "dalil_articles") == 57


def test_answers_and_questions_are_counted_from_zero() -> None:
    """A counter that first appears with 1 is no increase to Prometheus."""
    assert value(Metrics(), "dalil_answers_total", mode="quotes", outcome="error") == 0
    assert value(Metrics(), "dalil_questions_total", kind="private") == 0


@pytest.mark.parametrize("foreign", ["-1001234567890", "سؤال عن القمة", 'x"} 1\ndalil_questions_total{kind="y', ""])
def test_no_foreign_value_becomes_a_label(foreign: str) -> None:
    metrics = Metrics()
    metrics.question(foreign)
    metrics.answered(foreign, foreign, 1.0)
    metrics.update(foreign)
    metrics.skipped(foreign)
    metrics.request(foreign, foreign)
    metrics.fault(foreign)
    shown = {label for _, labels in samples(metrics) for label in labels}
    assert foreign not in {text for _, text in shown}
    assert value(metrics, "dalil_requests_total", method="other", outcome="other") == 1
    assert value(metrics, "dalil_faults_total", code="other") == 1


def test_two_bots_do_not_share_counts() -> None:
    first, second = Metrics(), Metrics()
    first.question("private")
    assert value(second, "dalil_questions_total", kind="private") == 0


def test_the_page_on_the_bot_names_what_is_counted() -> None:
    page = (Path(__file__).parents[1] / "docs" / "telegram.md").read_text(encoding="utf-8")
    families = text_string_to_metric_families(Metrics().exposition().decode())
    ours = {f.name + "_total" * (f.type == "counter") for f in families if not f.name.endswith("_created")}
    named = set(re.findall(r"dalil_[a-z_]+", page)) - {"dalil_first_sign_seconds_bucket"}
    assert named == {name for name in ours if name.startswith("dalil_")}
