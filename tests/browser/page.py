"""What the walk looks at: a page, and who looks."""

from dataclasses import dataclass

ANONYMOUS = "anonymous"
# Without an account too, with entries and pledges that the look-up has opened.
ENTRANT = "entrant"


@dataclass(frozen=True, slots=True)
class Page:
    """A page: a name for its picture, who looks at it, its address below the language. `main` ones are in `make screenshots`."""

    name: str
    actor: str
    path: str
    main: bool = False
    status: int = 200
