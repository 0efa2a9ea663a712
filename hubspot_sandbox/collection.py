"""A write-through collection: a dictionary of dataclass instances that saves each change in the file store."""

from collections.abc import Callable, Iterator
from dataclasses import asdict
from typing import Any, Generic, TypeVar

from hubspot_sandbox.file_store import FileStore

T = TypeVar("T")


class Collection(Generic[T]):
    """Entities of one kind by their key. After changing an entity, ``put`` it again to save the change."""

    def __init__(self, store: FileStore, kind: str, make: Callable[..., T], key: Callable[[T], str]) -> None:
        self._store, self._kind, self._key = store, kind, key
        self._entities: dict[str, T] = {}
        for body in store.load(kind):
            entity = make(**body)
            self._entities[key(entity)] = entity

    def put(self, entity: T) -> T:
        """Save an entity under its key, in place of what was there."""
        key = self._key(entity)
        self._entities[key] = entity
        body: dict[str, Any] = asdict(entity)  # type: ignore[call-overload]  # every T is a dataclass
        self._store.save(self._kind, key, body)
        return entity

    def get(self, key: object) -> T | None:
        """The entity under this key (numbers may be given as numbers), or None."""
        return self._entities.get(str(key))

    def remove(self, key: object) -> T | None:
        """Remove an entity and return it, or None if it was not there."""
        entity = self._entities.pop(str(key), None)
        if entity is not None:
            self._store.delete(self._kind, str(key))
        return entity

    def clear(self) -> None:
        """Remove every entity."""
        self._entities.clear()
        self._store.delete(self._kind)

    def values(self) -> list[T]:
        """All entities, oldest first; a copy, safe to change the collection while iterating."""
        return list(self._entities.values())

    def __iter__(self) -> Iterator[T]:
        return iter(self.values())

    def __len__(self) -> int:
        return len(self._entities)
