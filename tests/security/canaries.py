"""Words that stand nowhere else: each tells whose it is and from which field, so that a page that shows one can be judged."""

import json
import re
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote

from django.db import models

from network import search

# Consonants that stay apart when names are searched by their skeleton; no two alike stand side by side, for the same reason.
LATIN, ARABIC = "bdfgjklmnrst", "بتجدرسفقكلمن"
MARK, ARABIC_MARK, END, ARABIC_END = "qxz", "ظغظ", "x", "ظ"
LENGTH = 4
WORD = re.compile(
    f"{MARK}[{LATIN}]{{{LENGTH}}}{END}|{ARABIC_MARK}[{ARABIC}]{{{LENGTH}}}{ARABIC_END}|\\+21891[0-9]{{7}}"
)
ESCAPED = re.compile(r"\\u([0-9a-fA-F]{4})")
TEXT_FIELDS = (models.CharField, models.TextField, models.JSONField)
FIRST_PHONE = 910_000_000


@dataclass(frozen=True, slots=True)
class Canary:
    """One word: whose it is (a side, "abroad", "joint" or "nobody"), which thing and which field holds it."""

    word: str
    owner: str
    thing: str
    field: str


@dataclass
class Aviary:
    """All canaries of a world."""

    known: dict[str, Canary] = field(default_factory=dict)
    count: int = 0

    def _number(self, letters: str) -> str:
        number, word = self.count, ""
        for _ in range(LENGTH):
            usable = [letter for letter in letters if not word.endswith(letter)]
            number, rest = divmod(number, len(usable))
            word += usable[rest]
        return word

    def new(self, owner: str, thing: str, name: str) -> str:
        """Return a new word for one field, in the script or form that the field takes."""
        self.count += 1
        if name.endswith(".phone"):
            word = f"+218{FIRST_PHONE + self.count}"
        elif name.endswith("_ar"):
            word = ARABIC_MARK + self._number(ARABIC) + ARABIC_END
        else:
            word = MARK + self._number(LATIN) + END
        self.known[word] = Canary(word, owner, thing, name)
        return word

    def fill(self, row: models.Model, owner: str, thing: str, **given: Any) -> models.Model:
        """Put a canary into every text field of a row that is not given and has no fixed choices."""
        for name, value in given.items():
            setattr(row, name, value)
        for column in text_columns(type(row)):
            if column.name in given:
                continue
            word = self.new(owner, thing, f"{row._meta.label_lower}.{column.name}")
            setattr(row, column.name, formed(column, word))
        return row

    def sung(self, text: str) -> set[Canary]:
        """Return the canaries that occur in a text, in whatever case, percent-encoded or escaped."""
        forms = {text}
        if "%" in text:
            forms.add(unquote(text))
        if "\\u" in text:
            forms.add(ESCAPED.sub(lambda match: chr(int(match.group(1), 16)), text))
        words = {word for form in forms for word in WORD.findall(form.lower())}
        return {self.known[word] for word in words if word in self.known}


def text_columns(model: type[models.Model]) -> list[models.Field]:
    """Return the columns of a model in which people's words are kept."""
    names = {column.name for column in model._meta.concrete_fields}
    return [
        column
        for column in model._meta.concrete_fields
        if isinstance(column, TEXT_FIELDS) and not column.choices and f"{column.name}_ar" not in names
    ]


def formed(column: models.Field, word: str) -> Any:
    """Return the word as a value that the column takes."""
    if isinstance(column, models.JSONField):
        return [word] if column.default is list else {"fields": [word], "words": word}
    if isinstance(column, models.URLField):
        return f"https://canary.example/{word}"
    if isinstance(column, models.EmailField):
        return f"{word}@canary.example"
    return word


def named(person: Any) -> None:
    """Make the folded columns of a practitioner follow the names, as the services do."""
    person.folded_ar, person.folded_latin = search.fold(person.name_ar), search.fold(person.name_latin)
    person.search = search.index(person.name_ar, person.name_latin)


def dumped(row: models.Model) -> str:
    """Return all values of a row as one text."""
    return json.dumps({f.attname: str(getattr(row, f.attname)) for f in row._meta.concrete_fields}, ensure_ascii=False)
