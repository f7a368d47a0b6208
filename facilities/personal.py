"""What facilities add to a member's own page and to the copy of their data: the pages that they keep."""

from typing import Any

from django.db.models import Exists, OuterRef, Subquery
from django.utils import timezone

from facilities import selectors
from facilities.enums import Position
from facilities.models import Assessor, ContactPerson, Posting
from network.models import Practitioner


def known() -> dict[str, Any]:
    """Return what a member keeps, assesses and speaks for, to be loaded with the membership."""
    keeps = Posting.objects.in_force(timezone.localdate()).filter(position=Position.FOCAL, practitioner=OuterRef("pk"))
    assesses = Assessor.objects.filter(practitioner=OuterRef("pk"))
    asked = ContactPerson.objects.lasting(timezone.localdate()).filter(practitioner=OuterRef("pk"))
    speaks_for = Subquery(asked.order_by("-pk").values("local_region__slug")[:1])
    return {"keeps": Exists(keeps), "assesses": Exists(assesses), "speaks_for": speaks_for}


def my_page(practitioner: Any) -> dict[str, Any]:
    return {name: getattr(practitioner, name) for name in ("keeps", "assesses", "speaks_for")}


def my_copy(practitioner: Practitioner) -> dict[str, Any]:
    return {"postings": selectors.my_copy(practitioner)}
