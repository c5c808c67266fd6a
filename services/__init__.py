"""Services: one file per system, edited by those who write the programs."""
