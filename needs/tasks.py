from celery import shared_task
from django.utils import timezone

from needs import selectors, services
from needs.models import UseCheck


@shared_task
def match() -> None:
    """Let needs follow merged facilities, end what is pledged to closed ones, propose what fits; each once, however often this runs."""
    now = timezone.now()
    services.follow_merges(now=now)
    for pledge in selectors.pledges_to_closed():
        services.release_closed(pledge=pledge, now=now)
    services.propose_matches(now=now)


@shared_task
def ask_if_working() -> None:
    """Ask about what came thirty days ago; each delivery once."""
    now = timezone.now()
    for check in UseCheck.objects.unasked(timezone.localdate(now)).order_by("pk"):
        services.ask_if_working(check=check, now=now)


@shared_task
def release_overdue() -> None:
    """Let what is pledged and not handed over in time count no more; each pledge once."""
    now = timezone.now()
    for pledge in selectors.overdue_pledges(now):
        services.release_overdue(pledge=pledge, now=now)


@shared_task
def erase_contacts() -> None:
    """Empty who pledged and who carried what is over for long."""
    now = timezone.now()
    for pledge in selectors.contacts_to_erase(now):
        services.erase_contact(pledge=pledge, now=now)


@shared_task
def clear_lost() -> None:
    """Erase pledges whose contact was never proved, and the files of photos that a crash left without a need."""
    now = timezone.now()
    services.clear_unproved(now=now)
    services.clear_lost_photos(now=now)
