"""Two equal texts: somebody who wrote none of it confirms that exactly these two versions say the same (rule 4)."""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from measures import policies, selectors
from measures.enums import MEASURE_MOVES, MeasureMove
from measures.models import Measure, ParityReading
from measures.services.drafting import MeasureHasChanged, lock, move, require_complete
from network.enums import DomainError
from network.models import Practitioner
from network.services import require_move


class NotYourComparison(DomainError):
    message = _("Both texts are compared by a member who reads Arabic and English and is not one of the authors.")


@transaction.atomic
def confirm_parity(*, measure: Measure, hash_ar: str, hash_en: str, reader: Practitioner) -> Measure:
    """Confirm that both texts say the same: those with these hashes, as the reader's page showed them.

    Raises NotYourComparison, IllegalMove, IncompleteMeasure, and MeasureHasChanged where a text was edited since the page was opened.
    """
    measure, now = lock(measure), timezone.now()
    if not reader.is_active_member or not policies.can_compare(reader, author_ids=selectors.author_ids(measure)):
        raise NotYourComparison
    version = measure.current
    if measure.parity and version and (hash_ar, hash_en) == (version.hash_ar, version.hash_en):
        return measure
    require_move(MEASURE_MOVES, MeasureMove.CONFIRM, measure)
    require_complete(measure)
    if version is None or (hash_ar, hash_en) != (version.hash_ar, version.hash_en):
        raise MeasureHasChanged
    reading = ParityReading.objects.create(
        version=version, hash_ar=hash_ar, hash_en=hash_en, read_at=now, read_by=reader
    )
    changes = {"version": version.number, "sha256_ar": hash_ar, "sha256_en": hash_en}
    move(measure, MeasureMove.CONFIRM, by=reader.user, changes=changes, parity=reading)
    return measure
