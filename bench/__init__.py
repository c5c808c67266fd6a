"""Measurements of the bars that the design sets for speed; run by ``make bench``, never by tests."""
