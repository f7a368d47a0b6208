"""Django with nothing in it, to compare with."""
