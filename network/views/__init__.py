from network.views.me import me, notifications, profile
from network.views.parting import goodbye, leave, my_data, privacy
from network.views.people import people
from network.views.public import conduct, conduct_accept, join

__all__ = [
    "conduct",
    "conduct_accept",
    "goodbye",
    "join",
    "leave",
    "me",
    "my_data",
    "notifications",
    "people",
    "privacy",
    "profile",
]
