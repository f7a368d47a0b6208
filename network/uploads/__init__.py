"""Files that come in from outside, looked at before they are kept. Pure: nothing is written, nothing is logged."""
