from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from allauth.account.decorators import secure_admin_login
from django.contrib.admin import AdminSite
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, URLResolver
from django.utils.translation import gettext_lazy as _

from network import policies
from network.admin_scoping import RegionScopedAdmin

# Pages of Django's admin that would go round allauth, or tell of rows without asking the scope.
CLOSED = frozenset({"password_change", "password_change_done", "view_on_site"})


@dataclass(frozen=True, slots=True)
class Card:
    """One box of the desk: what waits for this person."""

    title: str
    icon: str
    url: str
    count: int | str = ""
    rows: list[dict[str, Any]] = field(default_factory=list)
    empty: str = ""
    urgent: bool = False
    links: list[dict[str, str]] = field(default_factory=list)


CardMaker = Callable[[HttpRequest], Card | None]


class JisrAdminSite(AdminSite):
    """The coordinators' desk: one login for everything, roles instead of permissions."""

    site_title = site_header = _("Jisr")
    index_title = _("Coordination desk")
    site_url = None

    def __init__(self, name: str = "admin") -> None:
        super().__init__(name)
        self._cards: list[CardMaker] = []

    def register(self, model_or_iterable: Any, admin_class: Any = None, **options: Any) -> None:
        """Take only pages that ask the scope; those that other packages bring (groups, second factors, sessions) stay out."""
        if admin_class and issubclass(admin_class, RegionScopedAdmin):
            super().register(model_or_iterable, admin_class, **options)

    def card(self, make: CardMaker) -> CardMaker:
        """Register a box of the desk."""
        self._cards.append(make)
        return make

    def has_permission(self, request: HttpRequest) -> bool:
        return policies.is_staff(request.user)

    def admin_view(self, view: Any, cacheable: bool = False) -> Any:
        """Unknown and forbidden are both 404."""
        inner = super().admin_view(view, cacheable)

        def shown(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            try:
                return inner(request, *args, **kwargs)
            except PermissionDenied as error:
                raise Http404 from error

        return shown

    def index(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        cards = [card for make in self._cards if (card := make(request))]
        return super().index(
            request, {**(extra_context or {}), "cards": cards, "roles": policies.current(request.user)}
        )

    def _build_app_dict(self, request: HttpRequest, label: str | None = None) -> dict[str, Any]:
        """Translate each name once: every page sorts them for its sidebar, and comparing lazy ones translates both anew."""
        found = super()._build_app_dict(request, label)
        for app in found.values():
            app["name"] = str(app["name"])
            for model in app["models"]:
                model["name"] = str(model["name"])
        return found

    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Send to the login of the website, which asks for the second factor."""
        try:
            return secure_admin_login(lambda request: redirect("admin:index"))(request)
        except PermissionDenied as error:
            raise Http404 from error

    def logout(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        return redirect("account_logout")

    def get_urls(self) -> list[URLPattern | URLResolver]:
        return [url for url in super().get_urls() if getattr(url, "name", None) not in CLOSED]
