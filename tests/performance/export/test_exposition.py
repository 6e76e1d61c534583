"""What we measured, in the words of Prometheus: read back by the parser of its own client."""

import pytest
from prometheus_client.parser import text_string_to_metric_families

from performance.export.exposition import Total, text
from performance.export.naming import name_of, unit_of
from performance.metrics.histogram import bin_of, value_of


def observed(metric: str, values: dict[float, int], **labels: str) -> Total:
    bins = sorted({bin_of(value) for value in values})
    counts = [sum(n for value, n in values.items() if bin_of(value) == each) for each in bins]
    total = sum(value * n for value, n in values.items())
    return Total(metric, labels, sum(values.values()), total, bins, counts)


def samples(*totals: Total) -> dict[tuple[str, tuple[tuple[str, str], ...]], float]:
    families = text_string_to_metric_families(text(totals))
    return {
        (sample.name, tuple(sorted(sample.labels.items()))): sample.value
        for family in families
        for sample in family.samples
    }


@pytest.mark.parametrize(
    ("metric", "name"),
    [
        ("http.request_ms", "assay_http_request_seconds"),
        ("process.memory_mb", "assay_process_memory_bytes"),
        ("cache.fill_bytes", "assay_cache_fill_bytes"),
        ("system.cpu_share", "assay_system_cpu_ratio"),
        ("system.disk_mb_per_s", "assay_system_disk_bytes_per_second"),
        ("pool.waiting", "assay_pool_waiting"),
    ],
)
def test_names_end_with_base_units(metric: str, name: str) -> None:
    assert name_of(metric) == name


def test_what_is_only_counted_is_a_counter() -> None:
    [family] = text_string_to_metric_families(text([Total("celery.sent", {"task": "a", "queue": "b"}, 7, 7.0, [], [])]))

    assert (family.name, family.type) == ("assay_celery_sent", "counter")
    [sample] = family.samples
    assert (sample.name, sample.labels, sample.value) == ("assay_celery_sent_total", {"task": "a", "queue": "b"}, 7)


def test_what_is_observed_is_a_histogram_in_seconds() -> None:
    found = samples(observed("http.request_ms", {1.0: 3, 40.0: 2, 1e8: 1}, route="x"))

    name = "assay_http_request_seconds"
    assert found[f"{name}_count", (("route", "x"),)] == 6
    assert found[f"{name}_sum", (("route", "x"),)] == pytest.approx((3 + 80 + 1e8) / 1000)
    buckets = {float(dict(labels)["le"]): n for (each, labels), n in found.items() if each == f"{name}_bucket"}
    assert list(buckets.values()) == sorted(buckets.values())
    assert buckets[float("inf")] == 6
    assert {n for le, n in buckets.items() if 0.0025 < le < 0.035} == {3}
    assert {n for le, n in buckets.items() if 0.1 < le < 1000} == {5}


@pytest.mark.parametrize("metric", ["a.b_ms", "a.b_mb", "a.b_bytes", "a.b_share", "a.b_mb_per_s", "a.b"])
def test_bounds_are_edges_of_bins_so_that_nothing_lies_across(metric: str) -> None:
    unit = unit_of(metric)

    for edge in unit.edges:
        found = samples(observed(metric, {value_of(edge): 1, value_of(edge + 1): 1}))
        below = [n for (name, labels), n in found.items() if name.endswith("_bucket") and n == 1]
        assert below or edge == unit.edges[-1]
    assert len(unit.edges) < 25


def test_every_set_of_labels_has_the_same_bounds() -> None:
    found = samples(observed("a_ms", {1.0: 1}, kind="a"), observed("a_ms", {1e5: 1}, kind="b"))

    bounds = {kind: {dict(labels).get("le") for (_, labels) in found if ("kind", kind) in labels} for kind in "ab"}
    assert bounds["a"] == bounds["b"]


@pytest.mark.parametrize("value", ['a"b', "back\\slash", "two\nlines", "}{,=", "ünï", "\\n", ""])
def test_values_of_labels_are_escaped(value: str) -> None:
    [(_, labels)] = samples(Total("a", {"kind": value}, 1, 1.0, [], []))

    assert dict(labels)["kind"] == value


def test_names_of_labels_are_made_sound() -> None:
    [(_, labels)] = samples(Total("a", {"le": "1", "a-b": "2", "__x": "3", "9": "4"}, 1, 1.0, [], []))

    assert dict(labels) == {"label_le": "1", "a_b": "2", "x": "3", "label_9": "4"}


def test_nothing_is_nothing() -> None:
    assert text([]) == ""
