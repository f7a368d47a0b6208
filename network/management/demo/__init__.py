"""The demo that all apps share: its clock."""
