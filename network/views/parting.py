"""What is kept about a person, who sees it, a copy of it, and the way out."""

from django.contrib import messages
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_safe

from network import forms, personal, selectors, services
from network.decorators import public_page
from network.enums import DomainError


@require_http_methods(["GET", "HEAD", "POST"])
def privacy(request: HttpRequest) -> HttpResponse:
    """Choose who finds me, read who sees what, take a copy, or leave."""
    practitioner = selectors.practitioner_of(request.user)
    form = forms.VisibilityForm(request.POST or None, initial={"visibility": getattr(practitioner, "visibility", "")})
    if request.method == "POST" and practitioner and form.is_valid():
        services.set_visibility(user=request.user, visibility=form.cleaned_data["visibility"])
        messages.success(request, gettext("Your choice is kept."))
        return redirect("network:privacy")
    return render(request, "network/privacy.html", {"practitioner": practitioner, "form": form})


@require_safe
def my_data(request: HttpRequest) -> HttpResponse:
    """Download all that is kept about me."""
    practitioner = selectors.practitioner_of(request.user)
    data = selectors.copy_of(request.user, practitioner)
    if practitioner:
        data |= {part.code: part.copy(practitioner) for part in personal.parts()}
    response = JsonResponse(data, json_dumps_params={"ensure_ascii": False, "indent": 2})
    response["Content-Disposition"] = 'attachment; filename="my-data.json"'
    return response


@require_http_methods(["GET", "HEAD", "POST"])
def leave(request: HttpRequest) -> HttpResponse:
    """Leave the network, after one explicit yes."""
    form = forms.LeaveForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            services.close_account(user=request.user)
        except DomainError as error:
            form.add_error(None, str(error))
        else:
            logout(request)
            return redirect("network:goodbye")
    return render(request, "network/leave.html", {"form": form})


@public_page
def goodbye(request: HttpRequest) -> HttpResponse:
    """Said to whoever has left."""
    return render(request, "network/goodbye.html")
