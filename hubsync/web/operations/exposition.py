"""Metrics in Prometheus' format, by its own library; nothing is kept in the library's global registry."""

from __future__ import annotations

from collections.abc import Iterable

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily, InfoMetricFamily
from prometheus_client.exposition import CONTENT_TYPE_LATEST
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector

from hubsync.services.operations.backups import product_version
from hubsync.services.operations.metrics import read_metrics

CONTENT_TYPE = CONTENT_TYPE_LATEST
PREFIX = "hubsync_"


def write_metrics() -> bytes:
    """What `read_metrics` reads, as `CONTENT_TYPE`."""
    registry = CollectorRegistry(auto_describe=False)
    registry.register(_Collector())
    return generate_latest(registry)


class _Collector(Collector):
    """Says what `read_metrics` reads in the library's terms."""

    def describe(self) -> Iterable[Metric]:
        return ()

    def collect(self) -> Iterable[Metric]:
        families, calls = read_metrics()
        yield InfoMetricFamily(f"{PREFIX}build", "What is running", {"version": product_version()})
        for each in families:
            kind = CounterMetricFamily if each.counter else GaugeMetricFamily
            family = kind(PREFIX + each.name, each.says, labels=each.labels)
            for labels, value in each.values.items():
                family.add_metric(labels, value)
            yield family
        buckets = [(str(bound), number) for bound, number in calls.under.items()]
        yield HistogramMetricFamily(
            f"{PREFIX}hubspot_call_seconds",
            "How long calls to HubSpot took",
            buckets=[*buckets, ("+Inf", calls.count)],
            sum_value=calls.seconds,
        )
