from outreach.admin import directory, reports, units

__all__ = ["directory", "reports", "units"]
