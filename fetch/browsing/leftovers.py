"""What a killed crawl left: profile folders nobody holds, and Chromium processes that use them.

A profile is held by a lock, which the system lets go of with its holder: neither a reused process
id nor another container's processes can be mistaken for the owner.
"""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import signal
import tempfile
import time
from pathlib import Path

from warc.errors import CollectionError
from warc.lock import FolderLock

PREFIX = "warchouse-browser-"
LOCK_NAME = "owner.lock"

# Seconds for which a folder without a lock may be one that is being made just now.
_BEING_MADE_S = 60.0

# Seconds until killed processes are gone and files they still wrote can be removed.
_GONE_S = 5.0

# Characters of the temporary folder's path. A socket's has 108 at most (unix(7)); a profile's name
# takes up to 35 of them, and the folder and socket that Chromium makes below it 45.
_DEEPEST = 24

# Windows has no such signal; there the weaker one ends a process just as surely.
KILL = getattr(signal, "SIGKILL", signal.SIGTERM)


def profiles_folder() -> Path:
    """Where profiles lie: the system's temporary folder.

    Chromium makes a socket below the profile, and the path of a socket has 108 bytes at most: where
    the system's folder is too deep for that, /tmp stands in.
    """
    folder = Path(tempfile.gettempdir())
    short = Path("/tmp")  # noqa: S108 - folders in it are made by mkdtemp
    return short if len(str(folder)) > _DEEPEST and os.access(short, os.W_OK) else folder


def sweep(folder: Path | None = None) -> int:
    """Remove what dead crawls left; how many profiles that were.

    folder  where profiles lie; None: where `profiles_folder` says
    """
    swept = 0
    for profile in sorted((folder or profiles_folder()).glob(f"{PREFIX}*")):
        if _is_abandoned(profile):
            kill_users(profile)
            remove_profile(profile)
            swept += 1
    return swept


def remove_profile(profile: Path) -> None:
    """Remove a profile; a dying process may still write into it for a moment."""
    until = time.monotonic() + _GONE_S
    while profile.exists():
        shutil.rmtree(profile, ignore_errors=True)
        if time.monotonic() > until:
            return  # The next sweep tries again.
        if profile.exists():
            time.sleep(0.02)


def kill_users(profile: Path) -> None:
    """Kill every process whose command line names this profile as its own, and see it gone."""
    until = time.monotonic() + _GONE_S
    while (users := users_of(profile)) and time.monotonic() < until:
        for pid in users:
            with contextlib.suppress(OSError):
                os.kill(pid, KILL)
        time.sleep(0.02)


def users_of(profile: Path) -> list[int]:
    """Process ids of those started with this profile; empty where there is no /proc."""
    # Chromium's children join their arguments with blanks; its crash handler has another option.
    named = re.escape(os.fsencode(profile))
    wanted = re.compile(rb"[\0 ]--(user-data-dir|database)=" + named + rb"[\0 /]")
    found = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        with contextlib.suppress(OSError):
            if wanted.search(path.read_bytes() + b"\0"):
                found.append(int(path.parent.name))
    return found


def _is_abandoned(profile: Path) -> bool:
    """Whether a folder is one of ours that nobody holds."""
    try:
        found = profile.lstat()
        if profile.is_symlink() or not profile.is_dir() or not os.access(profile, os.W_OK):
            return False
        if found.st_uid != Path("/proc/self").stat().st_uid:
            return False
    except OSError:
        return False
    if not (profile / LOCK_NAME).exists():
        return time.time() - found.st_mtime > _BEING_MADE_S
    lock = FolderLock(profile / LOCK_NAME)
    try:
        lock.take("sweep")
    except CollectionError:
        return False
    lock.release()
    return True
