"""The directory of members, for members."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from network import filters, selectors
from network.decorators import member_page
from network.models import Practitioner
from network.paging import Page

PAGE_SIZE = 25


@member_page
def people(request: HttpRequest, practitioner: Practitioner) -> HttpResponse:
    """Find members by name in either script, profession, specialty and district; each as far as they let themselves be found."""
    found = filters.PeopleFilter(request.GET, queryset=selectors.directory(practitioner))
    page = Page.of(selectors.Directory(found.qs), request.GET.get("page"), PAGE_SIZE)
    used = {name for name in found.filters if request.GET.get(name)}
    return render(
        request,
        "network/practitioner_list.html",
        {
            "page_obj": page,
            "form": found.form,
            "filtered": bool(used),
            "narrowed": bool(used - {"q"}),
            "practitioner": practitioner,
        },
    )
