"""What somebody gives up of campaigns who leaves, is suspended or changes sides."""

from campaigns.services.awareness import give_up_activities
from campaigns.services.desks import give_up_desks
from campaigns.services.jurors import give_up_judging
from network.models import Practitioner, User


def give_up_work(*, practitioner: Practitioner, by: User) -> None:
    """Take somebody off every jury, desk and awareness campaign; what they scored, counted and entered stands."""
    give_up_judging(practitioner=practitioner, by=by)
    give_up_desks(practitioner=practitioner, by=by)
    give_up_activities(practitioner=practitioner, by=by)
