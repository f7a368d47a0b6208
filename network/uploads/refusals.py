from network.enums import DomainError


class Refused(DomainError):
    """An upload that is not taken; each kind has its sentence."""
