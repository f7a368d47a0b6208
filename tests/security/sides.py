"""Whose things are, in the world of the matrix."""

SIDES = ("west", "east", "south")
ABROAD, JOINT, NOBODY = "abroad", "joint", "nobody"
