"""Places in sessions, taken through the services, and what became of them."""

from collections.abc import Callable

from dialogues import services
from dialogues.models import Registration, Session, Site
from network import selectors as network_selectors
from network.models import Practitioner
from notifications.outbox import Message
from tests.factories.network import PractitionerFactory


def join(session: Session, person: Practitioner | None = None, site: Site | None = None) -> Registration:
    person = person or PractitionerFactory()
    return services.register(session=session, site=site or session.sites.get(), practitioner=person, by=person.user)


def act(service: Callable[..., Registration], registration: Registration) -> Registration:
    person = registration.practitioner
    return service(session=registration.session, practitioner=person, by=person.user)


def state_of(registration: Registration) -> str:
    return Registration.objects.get(pk=registration.pk).state


def states(session: Session) -> list[str]:
    return list(session.registrations.order_by("pk").values_list("state", flat=True))


def steps_of(registration: Registration) -> list[tuple[str, str, str, int | None]]:
    return [(s.move, s.from_state, s.to_state, s.by_id) for s in network_selectors.steps(registration)]


def told(registration: Registration) -> list[str]:
    ref = f"dialogues.registration:{registration.pk}"
    rows = Message.objects.filter(subject_ref=ref, channel="email", recipient_id=registration.practitioner.user_id)
    return list(rows.order_by("pk").values_list("kind", flat=True))


def taken(session: Session) -> int:
    return session.sites.get().taken
