"""Chromium's process: started with a profile of its own, stopped with all its children.

Theory of operation. Chromium runs in a session of its own, so that Ctrl+C reaches only the crawl;
a launcher asks the system to kill it when the crawl dies (`launcher`). Its output goes to a file in
the profile: a pipe that nobody reads stops it. Everything it writes lies below the profile, which
is removed with it, at the latest by the sweep of the next start (`leftovers`).
Facts: spec/browser-capture.md sections 1 and 3.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import shutil
import subprocess
import sys
import tempfile
import time
import weakref
from pathlib import Path

from fetch.browsing.leftovers import (
    KILL,
    LOCK_NAME,
    PREFIX,
    kill_users,
    profiles_folder,
    remove_profile,
    users_of,
)
from warc.errors import UsageError
from warc.lock import FolderLock

# Seconds until Chromium listens: 0.3 usual, but 4 were seen on a slow machine.
START_S = 30.0

# Seconds for which Chromium may end by itself before it is killed.
_END_S = 2.0

_NAMES = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome", "chrome")
_VARIABLE = "WARCHOUSE_CHROMIUM"
_LAUNCHER = Path(__file__).parents[1] / "launcher.py"
_PORT_FILE = "DevToolsActivePort"
_LOG_FILE = "output.log"

# What is said on every start: by the shell of two lines in Debian's launcher, and of the desktop's
# message bus, which servers do not have.
_NOISE = ("unexpected operator", "dbus/")

# What Chromium is told of the environment: no proxies, no keys, nobody's home.
_KEPT_VARIABLES = ("PATH", "LANG", "LC_ALL", "TZ", "LD_LIBRARY_PATH", "FONTCONFIG_PATH")

# Only the last --disable-features counts, so all stand in one: isolation puts frames of other
# sites into processes of their own, upgrades and prerendering ask for what nobody asked for.
_FEATURES = (
    "IsolateOrigins",
    "site-per-process",
    "HttpsUpgrades",
    "HttpsFirstBalancedModeAutoEnable",
    "Prerender2",
    "BackForwardCache",
    "OptimizationHints",
    "Translate",
    "MediaRouter",
    "AutofillServerCommunication",
)
_FLAGS = (
    "--headless=new",
    "--remote-debugging-port=0",
    "--no-first-run",
    "--no-default-browser-check",
    "--no-proxy-server",
    "--no-pings",
    "--disable-auto-reload",
    "--disable-crash-reporter",
    "--disable-breakpad",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-default-apps",
    "--disable-extensions",
    "--disable-sync",
    "--disable-domain-reliability",
    "--disable-client-side-phishing-detection",
    "--disable-search-engine-choice-screen",
    "--disable-background-timer-throttling",
    "--disable-backgrounding-occluded-windows",
    "--disable-renderer-backgrounding",
    "--disable-dev-shm-usage",
    "--disable-gpu",
    "--disable-remote-fonts",
    "--disable-site-isolation-trials",
    "--block-new-web-contents",
    "--blink-settings=imagesEnabled=false",
    "--dns-prefetch-disable",
    "--metrics-recording-only",
    "--mute-audio",
    "--password-store=basic",
    "--lang=en",
    "--accept-lang=en",
    "--window-size=1366,900",
    f"--disable-features={','.join(_FEATURES)}",
)


def find_chromium(executable: str = "") -> str:
    """The path of the Chromium to use.

    executable  a name or path; "": what WARCHOUSE_CHROMIUM says, else what is on the PATH
    raises      UsageError where there is none
    """
    named = executable or os.environ.get(_VARIABLE, "")
    if named:
        found = shutil.which(named)
        if found is None:
            raise UsageError(f"{named}: no such Chromium (see {_VARIABLE})")
        return found
    for name in _NAMES:
        if found := shutil.which(name):
            return found
    raise UsageError(
        f"no Chromium found: install Debian's chromium package, or name one in {_VARIABLE}"
    )


class ChromiumProcess:
    """A running Chromium; `stop` it, or it ends with this object or with the program."""

    def __init__(self, executable: str, extra_args: tuple[str, ...] = ()) -> None:
        """Start it; `endpoint` says when it listens.

        raises  UsageError where it cannot be started at all
        """
        prefix = f"{PREFIX}{os.getpid()}-"
        self.profile = Path(tempfile.mkdtemp(prefix=prefix, dir=profiles_folder()))
        self._lock = FolderLock(self.profile / LOCK_NAME)
        self._lock.take("browser")
        try:
            self._process = self._start(executable, extra_args)
        except OSError as error:
            self._lock.release()
            remove_profile(self.profile)
            problem = f"{executable} cannot be started: {error.strerror or error}"
            raise UsageError(problem) from error
        self._end = weakref.finalize(self, _end, self._process, self.profile, self._lock)

    @property
    def pid(self) -> int:
        """The process id of Chromium itself, once it runs."""
        return self._process.pid

    @property
    def is_running(self) -> bool:
        """Whether it has not ended."""
        return self._process.poll() is None

    async def endpoint(self) -> str:
        """The WebSocket address it listens at; raises UsageError when it does not come to that."""
        until = time.monotonic() + START_S
        while time.monotonic() < until and self.is_running:
            with contextlib.suppress(OSError):
                lines = (self.profile / _PORT_FILE).read_text("ascii").split("\n")
                if len(lines) == 2 and lines[1]:
                    return f"ws://127.0.0.1:{lines[0]}{lines[1]}"
            await asyncio.sleep(0.01)
        problem = f"not listening after {START_S:g} seconds" if self.is_running else self._last()
        await self.stop()
        raise UsageError(f"Chromium did not start: {problem}")

    async def stop(self, *, gently: bool = False) -> None:
        """End it with all its children and remove its profile.

        gently  whether it was told to end already, and may do so by itself
        """
        until = time.monotonic() + (_END_S if gently else 0.0)
        while self.is_running and time.monotonic() < until:  # noqa: ASYNC110 - ends unsaid
            await asyncio.sleep(0.01)
        await asyncio.to_thread(self._end)

    def end(self) -> None:
        """Kill it with all its children and remove its profile, before this returns."""
        self._end()
        remove_profile(self.profile)  # Another thread may be at it already.

    def _start(self, executable: str, extra_args: tuple[str, ...]) -> subprocess.Popen[bytes]:
        """Start the launcher, which becomes Chromium."""
        sandbox = () if getattr(os, "geteuid", lambda: 1)() else ("--no-sandbox",)
        command = (
            *(sys.executable, "-I", "-S", str(_LAUNCHER), str(os.getpid()), str(int(KILL))),
            *(executable, f"--user-data-dir={self.profile}", *_FLAGS, *sandbox, *extra_args),
            "about:blank",
        )
        kept = {name: os.environ[name] for name in _KEPT_VARIABLES if name in os.environ}
        home = str(self.profile)
        environment = {**kept, "HOME": home, "TMPDIR": home, "XDG_RUNTIME_DIR": home}
        with (self.profile / _LOG_FILE).open("wb") as log:
            return subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env=environment,
                cwd=self.profile,
                start_new_session=True,
            )

    def _last(self) -> str:
        """Why it ended, in its own words: the worst thing it said."""
        lines: list[str] = []
        with contextlib.suppress(OSError):
            told = (self.profile / _LOG_FILE).read_text("utf-8", "replace").splitlines()
            lines = [line for line in told if line.strip() and not any(map(line.count, _NOISE))]
        # Whom a signal killed said nothing of it; what else it said is beside the point.
        was_killed = self._process.returncode < 0
        for mark in (":FATAL:",) if was_killed else (":FATAL:", ":ERROR:", ""):
            if marked := [line for line in lines if mark in line]:
                return marked[0][:300]
        return f"it ended at once with code {self._process.returncode}"


def _end(process: subprocess.Popen[bytes], profile: Path, lock: FolderLock) -> None:
    """Kill Chromium's whole group, wait for it, remove the profile."""
    if process.poll() is None or users_of(profile):
        with contextlib.suppress(OSError):
            os.kill(-process.pid, KILL)
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.wait(_END_S)
    kill_users(profile)
    lock.release()
    remove_profile(profile)
