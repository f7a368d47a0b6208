"""What the apps above offer for the agenda of a session; each registers its source when it is ready."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.utils.translation import get_language


@dataclass(frozen=True, slots=True)
class Suggestion:
    """One thing that a session could speak of. `key` names it among all sources; the texts become those of the agenda item."""

    key: str
    title_ar: str
    title_en: str
    note_ar: str
    note_en: str
    # Said beside the button, in the language of the page.
    detail: str
    minutes: int = 15

    @property
    def title(self) -> str:
        """The title in the language of the page, else in the other."""
        arabic = (get_language() or "ar").startswith("ar")
        return (self.title_ar or self.title_en) if arabic else (self.title_en or self.title_ar)


# Takes a session and the coordinator who looks at its agenda.
Source = Callable[[Any, Any], list[Suggestion]]
_sources: dict[str, Source] = {}


def register(code: str, source: Source) -> None:
    """Make a source known; registering it again replaces it."""
    _sources[code] = source


def of(session: Any, user: Any) -> list[Suggestion]:
    """Return what is suggested for a session, source by source."""
    return [suggestion for source in _sources.values() for suggestion in source(session, user)]
