from network.admin import members, messages, reference, roles

__all__ = ["members", "messages", "reference", "roles"]
