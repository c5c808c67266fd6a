"""The code of the function in docs/constructs/functions.md."""
