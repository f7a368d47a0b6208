"""Every address of the site, walked from the URLconf."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver


@dataclass(frozen=True, slots=True)
class Address:
    """One URL pattern: its namespaced name ("" where it has none), its route, the names of its parameters."""

    name: str
    route: str
    parameters: tuple[str, ...]

    @property
    def in_admin(self) -> bool:
        return "/admin/" in f"/{self.route}"


def walk(resolver: Any = None, prefix: str = "", spaces: tuple[str, ...] = ()) -> Iterator[Address]:
    """Yield all addresses below a resolver, the whole site's by default."""
    resolver = resolver or get_resolver()
    for part in resolver.url_patterns:
        if isinstance(part, URLResolver):
            inner = (*spaces, part.namespace) if part.namespace else spaces
            yield from walk(part, _joined(prefix, part), inner)
        elif isinstance(part, URLPattern):
            name = ":".join([*spaces, part.name]) if part.name else ""
            yield Address(name, _joined(prefix, part), tuple(part.pattern.regex.groupindex))


def _joined(prefix: str, part: Any) -> str:
    """Return a route as a resolved request tells it."""
    route = str(part.pattern)
    return prefix + (route.removeprefix("^") if prefix else route)
