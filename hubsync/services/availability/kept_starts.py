"""Memory of free start times: a month is counted once, and again when anything that is stored for it differs.

Whoever asks has read what is stored and brings it along, so what another process wrote is known as well. Who gets
a time is decided in the database all the same (`claims`).
"""

from __future__ import annotations

import threading
from array import array
from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterable, Iterator


class FreeStarts:
    """Starts (seconds in UTC) with the numbers of their days, in eight bytes each."""

    def __init__(self, starts: Iterable[tuple[int, int]]) -> None:
        self._numbers = array("q", [number for each in starts for number in each])

    def __iter__(self) -> Iterator[tuple[int, int]]:
        numbers = iter(self._numbers)
        return zip(numbers, numbers, strict=True)

    def __len__(self) -> int:
        return len(self._numbers) // 2


_FRAME = 100
"""What an entry takes beside its starts, in starts."""


class KeptStarts:
    """The free starts that were asked for last, some *most* in all; threads share them."""

    def __init__(self, most: int = 500_000) -> None:
        self._most = most
        self._number = 0
        self._kept: OrderedDict[Hashable, tuple[Hashable, FreeStarts]] = OrderedDict()
        self._turn = threading.Lock()

    def find(self, place: Hashable, state: Hashable) -> FreeStarts | None:
        """What was counted for *place* in this *state*."""
        with self._turn:
            return self._find(place, state)

    def keep(self, place: Hashable, state: Hashable, count: Callable[[], Iterable[tuple[int, int]]]) -> FreeStarts:
        """What *count* finds for *place* in this *state*, from now on in place of that of another state.

        One thread counts at a time: of many who want the same after a change the others find it counted.
        """
        with self._turn:
            starts = self._find(place, state)
            if starts is not None:
                return starts
            starts = FreeStarts(count())
            self._drop(place)
            self._kept[place] = (state, starts)
            self._number += len(starts) + _FRAME
            while self._number > self._most and len(self._kept) > 1:
                self._drop(next(iter(self._kept)))
            return starts

    def _find(self, place: Hashable, state: Hashable) -> FreeStarts | None:
        known, starts = self._kept.get(place, (None, None))
        if starts is None or known != state:
            return None
        self._kept.move_to_end(place)
        return starts

    def _drop(self, place: Hashable) -> None:
        if place in self._kept:
            _state, starts = self._kept.pop(place)
            self._number -= len(starts) + _FRAME
