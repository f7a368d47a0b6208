from typing import Any

from django.contrib import admin, messages
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import URLPattern, path
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from network import jobs, sending, services, sheets
from network.admin_scoping import RegionScopedAdmin
from network.enums import DomainError
from network.models import Job


@admin.register(Job)
class JobAdmin(RegionScopedAdmin):
    """Long work that this person asked for: how far it is, and its file."""

    list_display = ("told_kind", "told_about", "state", "asked_at")
    list_filter = ("state",)
    ordering = ("-pk",)
    fields = ("told_kind", "told_about", "asked_at", "ended_at")
    readonly_fields = fields
    change_form_template = "admin/network/job/change.html"

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    @admin.display(description=_("what"), ordering="kind")
    def told_kind(self, obj: Job) -> str:
        return jobs.in_words(obj.kind)

    @admin.display(description=_("about"))
    def told_about(self, obj: Job) -> SafeString:
        return format_html('<bdi dir="auto">{}</bdi>', obj.about or "-")

    def around_form(self, request: HttpRequest, obj: Any) -> dict[str, Any]:
        return {"bar": obj.bar, "kept_until": obj.ended_at and obj.ended_at + services.JOBS_KEPT}

    def get_urls(self) -> list[URLPattern]:
        """Add the file of a job, for whoever asked for it."""
        wrap = self.admin_site.admin_view
        return [path("<path:object_id>/file/", wrap(self._file), name="network_job_file"), *super().get_urls()]

    def _file(self, request: HttpRequest, object_id: str) -> HttpResponseBase:
        """Hand out the file; by POST, for it is recorded."""
        job = self.get_object_in_reach(request, object_id)
        if request.method != "POST":
            return redirect("admin:network_job_change", job.pk)
        try:
            job = services.take_file(job=job, by=request.user)
            return sending.sent(
                job.stored,
                services.JOBS,
                content_type=sheets.CONTENT_TYPES.get(job.filename.rpartition(".")[2], "application/octet-stream"),
                disposition=sending.disposition(job.filename),
                posted=True,
            )
        except (DomainError, Http404) as error:
            messages.error(request, str(error) if isinstance(error, DomainError) else str(services.NoFile()))
            return redirect("admin:network_job_change", job.pk)
