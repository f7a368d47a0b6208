from needs.admin import needs, proposals, vocabularies

__all__ = ["needs", "proposals", "vocabularies"]
