"""What somebody gives up of facilities who leaves or is suspended."""

from facilities.services.assessments import give_up_visits
from facilities.services.local_regions import give_up_contacts
from facilities.services.postings import give_up_postings
from network.models import Practitioner, User


def give_up_work(*, practitioner: Practitioner, by: User) -> None:
    """End somebody's postings, take them off visits that they have not finished, and let them speak for no local-region any more."""
    give_up_postings(practitioner=practitioner, by=by)
    give_up_visits(practitioner=practitioner, by=by)
    give_up_contacts(practitioner=practitioner, by=by)
