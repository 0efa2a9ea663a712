"""One way to post guests, in a process of its own that is told when: so that ways can take turns in one run.

``python -m bench.poster WAY URL [CHECKOUT]`` is that process. It reads a command a line and answers each with a
line, both JSON. With *checkout* the service is that of another checkout of HubSync: its code, its migrations and
its tests' settings, measured by the bench of this one.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from bench.report import ROOT

if TYPE_CHECKING:
    from bench.installation import Guest, Installation

SERVICE = "service"


@dataclass(frozen=True)
class Posted:
    """One guest posted: the *seconds* it took, those of them in the processor, and the durable *commits*."""

    seconds: float
    processor: float
    commits: int
    company_id: str


class Poster:
    """The process of a *way*, steered from here."""

    def __init__(self, way: str, url: str, checkout: Path | None = None) -> None:
        given = [] if checkout is None else [str(checkout.resolve())]
        self._process = subprocess.Popen(
            [sys.executable, "-m", "bench.poster", way, url, *given],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def begin(self, key: str) -> None:
        """Post to the account of *key* from now on, which has nothing yet."""
        self._ask("begin", key=key)

    def switch(self, name: str, *, on: bool) -> None:
        """Switch something of `bench.switches` on or off, which the service alone has."""
        self._ask("switch", name=name, on=on)

    def post(self, who: Guest, company_id: str | None = None, *, profiled: bool = False, ends: str = "") -> Posted:
        """Post the guest; with samples taken of it if it is to be *profiled*, which the service alone can be.

        *ends* is the state that the service's delivery has to end in, or its time means nothing; "" for posted.
        """
        named = [who.name, who.email, who.company]
        answer = self._ask("post", guest=named, company=company_id, profiled=profiled, ends=ends)
        return Posted(**answer)

    def samples(self) -> tuple[int, dict[str, float]]:
        """How many guests were profiled since this was asked last, and the seconds of each part altogether."""
        answer = self._ask("samples")
        return answer["deliveries"], answer["seconds"]

    def resident_mb(self) -> float:
        """The most memory the process ever had resident, in MB (10^6 bytes)."""
        return float(self._ask("memory")["mb"])

    def close(self) -> None:
        """End the process."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.close()
        self._process.wait(timeout=60)
        self._process.stdout.close()

    def _ask(self, command: str, **given: Any) -> dict[str, Any]:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps({"command": command, **given}) + "\n")
        self._process.stdin.flush()
        line = self._process.stdout.readline()
        if not line:
            raise RuntimeError(f"the process that posts has ended with {self._process.wait(timeout=60)}")
        return dict(json.loads(line))


class _Way(Protocol):
    """What the process does with a command."""

    def begin(self, key: str) -> None: ...

    def switch(self, name: str, on: bool) -> None: ...

    def post(self, who: Guest, company_id: str | None, profiled: bool, ends: str) -> Posted: ...

    def samples(self) -> dict[str, Any]: ...


class _Client:
    """Calls alone."""

    def __init__(self, way: str, url: str) -> None:
        from bench import bare

        self._make: Callable[[str, str], Any] = getattr(bare, way)
        self._url = url
        self._client: Any = None

    def begin(self, key: str) -> None:
        if self._client is not None:
            self._client.close()
        self._client = self._make(self._url, key)

    def switch(self, name: str, on: bool) -> None:
        raise RuntimeError(f"calls alone have nothing like {name}")

    def post(self, who: Guest, company_id: str | None, profiled: bool, ends: str) -> Posted:
        began, used = time.perf_counter(), time.process_time()
        company_id = self._client.post(who, company_id)
        return Posted(time.perf_counter() - began, time.process_time() - used, 0, str(company_id))

    def samples(self) -> dict[str, Any]:
        return {}


class _Service:
    """HubSync: the guest's booking and delivery written down, posted, and recorded."""

    def __init__(self, installation: Installation) -> None:
        from bench.durable import WriteAheadLog
        from bench.sampling import Samples

        self._installation = installation
        self._log = WriteAheadLog(installation.database)
        self._samples = Samples()

    def begin(self, key: str) -> None:
        self._installation.connect(key)

    def switch(self, name: str, on: bool) -> None:
        from bench.switches import SWITCHES

        SWITCHES[name](self._installation, on=on)

    def post(self, who: Guest, company_id: str | None, profiled: bool, ends: str) -> Posted:
        processor = 0.0

        @contextmanager
        def measured() -> Iterator[None]:
            nonlocal processor
            with self._samples.taken() if profiled else nullcontext():
                used = time.process_time()
                yield
                processor = time.process_time() - used

        from hubsync.domain.delivery_states import DeliveryState

        self._log.count()
        state, seconds = self._installation.book(who, measured)
        if state != (ends or DeliveryState.POSTED):
            raise RuntimeError(f"a delivery of the bench ended as {state}, so its time means nothing")
        return Posted(seconds, processor, self._log.count(), "")

    def samples(self) -> dict[str, Any]:
        """What was taken since it was asked for last."""
        from bench.sampling import Samples

        taken, self._samples = self._samples, Samples()
        return {"deliveries": taken.deliveries, "seconds": dict(taken.seconds)}


@contextmanager
def _opened(way: str, url: str) -> Iterator[_Way]:
    if way != SERVICE:
        yield _Client(way, url)
        return
    from bench.installation import built

    with built(url, apart=True) as installation:
        yield _Service(installation)


def serve(way: str, url: str) -> None:
    """Do what is asked until the input ends."""
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "w")
    sys.stdout = sys.stderr  # what libraries print is no answer
    # It comes with the tests, and Mako, which Alembic loads, takes what there is of it: an installation has none.
    sys.modules["pygments"] = None  # type: ignore[assignment]
    from bench.installation import Guest
    from bench.serving import most_resident_mb

    with _opened(way, url) as poster:
        for line in sys.stdin:
            asked = json.loads(line)
            answer: dict[str, Any] = {}
            match asked["command"]:
                case "begin":
                    poster.begin(asked["key"])
                case "switch":
                    poster.switch(asked["name"], asked["on"])
                case "post":
                    given = asked["company"], asked["profiled"], asked["ends"]
                    answer = vars(poster.post(Guest(*asked["guest"]), *given))
                case "samples":
                    answer = poster.samples()
                case "memory":
                    answer = {"mb": most_resident_mb(os.getpid())}
            print(json.dumps(answer), file=answers, flush=True)


if __name__ == "__main__":
    if sys.argv[3:]:
        # Of this checkout there is only bench: it is imported already, and finds its modules beside this one.
        sys.path.insert(0, sys.argv[3])
    serve(*sys.argv[1:3])
