"""The page of one measure."""

from django.http import Http404, HttpRequest, HttpResponse

from measures.accountability import Reader
from measures.views import public
from network.decorators import public_page


@public_page
def detail(request: HttpRequest, slug: str) -> HttpResponse:
    """Show a measure: the public document for whoever is not a member. Unknown and forbidden are both 404."""
    measure = Reader.of(request.user).adopted().filter(slug=slug).first()
    if measure is None:
        raise Http404
    return public.measure_document(request, measure)
