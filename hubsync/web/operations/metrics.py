"""Metrics for Prometheus, `GET /metrics`, for whoever has HUBSYNC_METRICS_TOKEN.

Everything comes from the database when it is asked for, so that it does not matter which process answers; nothing
is kept in the library's global registry.
"""

from __future__ import annotations

import hmac
from collections.abc import Iterable

from flask import Response, abort, request
from flask.typing import ResponseReturnValue
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily, InfoMetricFamily
from prometheus_client.exposition import CONTENT_TYPE_LATEST
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector

from hubsync.config import settings
from hubsync.domain.security_events import SecurityEvent
from hubsync.services.operations.backups import product_version
from hubsync.services.operations.metrics import read_metrics
from hubsync.services.security_log import write
from hubsync.web.operations.health import pages

PREFIX = "hubsync_"


@pages.get("/metrics")
def metrics() -> ResponseReturnValue:
    """404 where no token is set, as if there were no such page; 401 for another token."""
    token = settings().metrics_token
    if not token:
        abort(404)
    scheme, _blank, sent = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not hmac.compare_digest(sent.strip().encode(), token.encode()):
        write(SecurityEvent.PROOF_REFUSED, what="metrics")
        return {"error": 401}, 401, {"WWW-Authenticate": "Bearer"}
    registry = CollectorRegistry(auto_describe=False)
    registry.register(_Collector())
    return Response(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)


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
