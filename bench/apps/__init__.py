"""Programs that are measured against each other by ``make bench-peers``.

Those of AWS CDK run by path, in an environment of their own, without this package.
"""

# Before any module here imports the bindings, so that these load as in programs of the library.
import platform_lib  # noqa: F401 - installs the import hook before the bindings
