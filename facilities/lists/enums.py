from django.db.models import TextChoices
from django.utils.translation import pgettext_lazy

from network.enums import Move


class ImportState(TextChoices):
    UPLOADED = "uploaded", pgettext_lazy("a list", "uploaded, not read yet")
    READ = "read", pgettext_lazy("a list", "read: nothing is changed yet")
    APPLIED = "applied", pgettext_lazy("a list", "taken over")
    FAILED = "failed", pgettext_lazy("a list", "could not be done")
    DISCARDED = "discarded", pgettext_lazy("a list", "put away")


class ImportMove(TextChoices):
    """The steps of a list."""

    UPLOAD = "upload", pgettext_lazy("a list", "uploaded")
    READ = "read", pgettext_lazy("a list", "read")
    REMAP = "remap", pgettext_lazy("a list", "columns to be chosen anew")
    APPLY = "apply", pgettext_lazy("a list", "taken over")
    FAIL = "fail", pgettext_lazy("a list", "could not be done")
    DISCARD = "discard", pgettext_lazy("a list", "put away")


IMPORT_MOVES: dict[ImportMove, Move] = {
    ImportMove.UPLOAD: Move(frozenset({""}), ImportState.UPLOADED),
    ImportMove.READ: Move(frozenset({ImportState.UPLOADED}), ImportState.READ),
    ImportMove.REMAP: Move(frozenset({ImportState.READ}), ImportState.UPLOADED),
    ImportMove.APPLY: Move(frozenset({ImportState.READ}), ImportState.APPLIED),
    ImportMove.FAIL: Move(frozenset({ImportState.UPLOADED, ImportState.READ}), ImportState.FAILED),
    ImportMove.DISCARD: Move(
        frozenset({ImportState.UPLOADED, ImportState.READ, ImportState.FAILED}), ImportState.DISCARDED
    ),
}


class Wanted(TextChoices):
    """What a worker is asked to do with a list."""

    NOTHING = "", pgettext_lazy("a list", "nothing")
    READ = "read", pgettext_lazy("a list", "to be read")
    APPLY = "apply", pgettext_lazy("a list", "to be taken over")


class Outcome(TextChoices):
    """What becomes of a row."""

    NEW = "new", pgettext_lazy("a row of a list", "new")
    CHANGED = "changed", pgettext_lazy("a row of a list", "changed")
    DUPLICATE = "duplicate", pgettext_lazy("a row of a list", "possible duplicate")
    ERROR = "error", pgettext_lazy("a row of a list", "error")
    SAME = "same", pgettext_lazy("a row of a list", "the same")


class Decision(TextChoices):
    """What a person says of a possible duplicate."""

    OPEN = "", pgettext_lazy("a possible duplicate", "not decided")
    MERGE = "merge", pgettext_lazy("a possible duplicate", "the same facility")
    NEW = "new", pgettext_lazy("a possible duplicate", "another facility")
    LEAVE = "leave", pgettext_lazy("a possible duplicate", "left out")
