"""A dictionary of dataclass instances that writes every change through to the vault."""

from collections.abc import Callable, Iterator
from dataclasses import asdict
from typing import Any, Generic, TypeVar

from hubspot_sandbox.vault import Vault

T = TypeVar("T")


class Shelf(Generic[T]):
    """Things of one kind by their key. After changing a thing, ``put`` it again to keep the change."""

    def __init__(self, vault: Vault, kind: str, make: Callable[..., T], key: Callable[[T], str]) -> None:
        self._vault, self._kind, self._key = vault, kind, key
        self._things: dict[str, T] = {}
        for body in vault.recall(kind):
            thing = make(**body)
            self._things[key(thing)] = thing

    def put(self, thing: T) -> T:
        """Keep a thing under its key, in place of what was there."""
        key = self._key(thing)
        self._things[key] = thing
        body: dict[str, Any] = asdict(thing)  # type: ignore[call-overload]  # every T is a dataclass
        self._vault.keep(self._kind, key, body)
        return thing

    def get(self, key: object) -> T | None:
        """The thing under this key (numbers may be given as numbers), or None."""
        return self._things.get(str(key))

    def remove(self, key: object) -> T | None:
        """Take a thing off the shelf and return it, or None if it was not there."""
        thing = self._things.pop(str(key), None)
        if thing is not None:
            self._vault.forget(self._kind, str(key))
        return thing

    def clear(self) -> None:
        """Take everything off the shelf."""
        self._things.clear()
        self._vault.forget(self._kind)

    def values(self) -> list[T]:
        """All things, oldest first; a copy, safe to change the shelf while walking it."""
        return list(self._things.values())

    def __iter__(self) -> Iterator[T]:
        return iter(self.values())

    def __len__(self) -> int:
        return len(self._things)
