"""Certificates: a member downloads their own, and anybody asks whether a code is a valid one."""

from typing import Any

from allauth.core.internal import ratelimit
from django import forms
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from dialogues.selectors import papers as paper_selectors
from dialogues.views import certificate_sheet
from network import codes
from network.decorators import member_page
from network.forms import SafeForm
from network.models import Practitioner


class CodeForm(SafeForm):
    """The code as it stands on a certificate; the answer, not the form, says what is wrong with it."""

    code = forms.CharField(
        label=_("Code of the certificate"),
        max_length=40,
        widget=forms.TextInput(
            attrs={"dir": "ltr", "autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}
        ),
        help_text=_("Twelve letters and digits, below the square. Small letters and spaces are fine."),
    )


@login_not_required
@require_safe
def certificate_verify(request: HttpRequest, code: str = "") -> HttpResponse:
    """Say whether a code is that of a valid certificate, of when and for how many hours, and nothing else.

    What is unknown and what is no code at all are answered alike. Kept by nobody on the way: it may be revoked a moment later.
    """
    typed = code or request.GET.get("code", "")
    context: dict[str, Any] = {"form": CodeForm(initial={"code": typed[:40]}), "asked": bool(typed.strip())}
    if context["asked"]:
        # allauth's own door counts no GET requests, and a QR code makes one.
        ratelimit.consume(request, app="allauth.account", action="certificate", limit_get=True, raise_exception=True)
        found = context["certificate"] = paper_selectors.certificate_of_code(codes.as_kept(typed))
        if found:
            context["hours"], context["issued"] = (
                certificate_sheet.spoken_hours(found),
                certificate_sheet.issued_on(found),
            )
    response = render(request, "dialogues/certificate_verify.html", context)
    response["X-Robots-Tag"] = "noindex"
    return response


@require_safe
@member_page
def certificate_pdf(request: HttpRequest, practitioner: Practitioner, slug: str) -> HttpResponse:
    """Download one's own certificate of a session, while it is valid."""
    certificate = paper_selectors.own_certificate(slug, practitioner)
    if certificate is None:
        raise Http404
    response = HttpResponse(certificate_sheet.drawn(certificate), content_type="application/pdf")
    response["Content-Disposition"] = f'attachment; filename="certificate-{certificate.spelled_code}.pdf"'
    response["X-Content-Type-Options"] = "nosniff"
    return response
