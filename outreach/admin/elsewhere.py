"""The way from the desk to the pages of the website on which reports and trainings are entered."""

from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext

from outreach import figures


def _way(request: HttpRequest, address: str, label: str) -> dict[str, Any]:
    return {"enter_url": reverse(address), "enter_label": label} if figures.sides_of(request.user) else {}


def to_reports(request: HttpRequest) -> dict[str, Any]:
    """Return the link above a list to the reader's own reports; nothing for whoever reports of no side."""
    return _way(request, "outreach:reports", gettext("My reports"))


def to_training(request: HttpRequest) -> dict[str, Any]:
    """Return the link above a list to the form of a training; nothing for whoever enters none."""
    return _way(request, "outreach:training", gettext("Enter a training"))
