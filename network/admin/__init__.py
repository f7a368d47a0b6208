from network.admin import jobs, members, messages, reference, roles

__all__ = ["jobs", "members", "messages", "reference", "roles"]
