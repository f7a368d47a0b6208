"""What is emptied of somebody's time at sessions when they are erased."""

from dialogues.services.certificates import empty_certificates
from dialogues.services.walkins import forget_attendance
from network.models import Practitioner


def forget_at_sessions(*, practitioner: Practitioner) -> None:
    """Erase when somebody was online, their codes, what a paper sheet said of them, and their name on certificates."""
    forget_attendance(practitioner=practitioner)
    empty_certificates(practitioner=practitioner)
