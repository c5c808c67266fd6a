"""A command from the warm server finds what one in a process of its own finds."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.conftest import Shop
from tests.warm import UNWANTED, Warm

REPORT = """\
import json, os, signal, sys
found = {
    "argv": sys.argv,
    "blocking": [os.get_blocking(number) for number in (0, 1, 2)],
    "bytecode": sys.dont_write_bytecode,
    "cwd": os.getcwd(),
    "environ": dict(os.environ),
    "input": sys.stdin.read(),
    "main": [__name__, __file__, sys.modules["__main__"].__file__],
    "path": sys.path,
    "signals": [str(signal.getsignal(it)) for it in (signal.SIGINT, signal.SIGTERM, signal.SIGPIPE)],
    "streams": [
        (it.encoding, it.errors, it.isatty(), it.line_buffering, it.write_through)
        for it in (sys.stdout, sys.stderr)
    ],
}
print(json.dumps(found))
"""
ENDS = {
    "nothing": "",
    "a number": "raise SystemExit(3)",
    "a sentence": "raise SystemExit('no')",
    "an error": "raise ValueError('wrong')",
    "a signal": "os.kill(os.getpid(), 9)",
    "at once": "os.write(1, b'x'); os._exit(5)",
    "last functions": "import atexit; atexit.register(print, 'bye', file=sys.stderr)",
    "odd letters": r"print('\u00e4\r\n\u2192'); sys.stderr.write('\udcff')",
}


def _both(
    shop: Shop, warm: Warm, text: str, **environ: str
) -> list[subprocess.CompletedProcess[str]]:
    script = shop.write("script.py", text)
    variables = {**shop.environ, **environ}
    fresh = subprocess.run(
        [sys.executable, str(script), "a", "--b"],
        cwd=shop.root,
        env=variables,
        check=False,
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
    )
    done = warm.run(script, "a", "--b", cwd=shop.root, environ=variables, timeout=60)
    return [fresh, done]


def test_it_finds_the_same_surroundings(shop: Shop, warm: Warm) -> None:
    """Arguments, folder, variables, streams, signals, and where modules are looked for."""
    fresh, done = (json.loads(it.stdout) for it in _both(shop, warm, REPORT, SHOP="1"))

    assert done == fresh
    assert done["environ"]["SHOP"] == "1"


@pytest.mark.parametrize("end", ENDS)
def test_it_ends_in_the_same_way(shop: Shop, warm: Warm, end: str) -> None:
    """The exit code, what was printed before, and the last line of a traceback."""
    fresh, done = _both(shop, warm, f"import os, sys\n{ENDS[end]}\n")

    assert (done.returncode, done.stdout) == (fresh.returncode, fresh.stdout)
    assert done.stderr.splitlines()[-1:] == fresh.stderr.splitlines()[-1:]
    assert ("Traceback" in done.stderr) == ("Traceback" in fresh.stderr)


def test_one_command_leaves_nothing_to_the_next(shop: Shop, warm: Warm) -> None:
    """Each has its own fork, in which no project and no Node has been loaded."""
    text = f"import sys; print([it for it in {UNWANTED!r} if it in sys.modules]); sys.modules['jsii'] = 1"

    assert [it.stdout for _ in range(2) for it in _both(shop, warm, text)] == ["[]\n"] * 4


def test_a_command_that_hangs_is_ended(shop: Shop, warm: Warm) -> None:
    """The server is there for the next one."""
    script = shop.write(
        "script.py", "import os, time; print(os.getpid(), flush=True); time.sleep(60)"
    )

    with pytest.raises(subprocess.TimeoutExpired):
        warm.run(script, cwd=shop.root, environ=shop.environ, timeout=0.5)

    assert shop.run("check").code == 0


@pytest.mark.parametrize("name", ["PYTHONPATH", "LC_ALL", "PLATFORM_EAGER_BINDINGS"])
def test_a_python_that_would_start_differently_is_not_served(
    shop: Shop, warm: Warm, name: str, tmp_path: Path
) -> None:
    """These act before a fork could take them."""
    environ = {**shop.environ, name: "x"}

    assert warm.serves(shop.environ)
    with pytest.raises(AssertionError, match="start differently"):
        warm.run(tmp_path / "no.py", cwd=tmp_path, environ=environ, timeout=1)


def test_the_server_ends_with_its_owner(shop: Shop) -> None:
    """Nothing stays behind."""
    warm = Warm(shop.environ)

    warm.stop()

    assert warm._server.returncode == 0
    with pytest.raises(ProcessLookupError):
        os.kill(warm._server.pid, 0)
