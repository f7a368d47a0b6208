from measures.admin import actions, measures

__all__ = ["actions", "measures"]
