"""A folder is used only when it is really ours: right owner, right mode, no symbolic link.

Nothing here changes a folder it has not just created. Folders above are never touched.
"""

import hashlib
import os
import stat
import tempfile
from dataclasses import dataclass
from pathlib import Path

from diversion.embedded.errors import EmbeddedError
from diversion.embedded.owner import Owner

PRIVATE = 0o700
PASSABLE = 0o711  # root's own folder; the borrowed account must walk through it to its data
LONGEST_SOCKET = 100  # the kernel allows 107 bytes; some clients append a suffix


@dataclass(frozen=True)
class Layout:
    """Where everything lives. `base` and `config` belong to us, the rest to the servers."""

    state: Path
    base: Path
    sockets: Path
    leftover: bool  # data whose state folder was thrown away; its servers may still run

    @property
    def note(self) -> Path:
        """Says where the data is, and that this state folder is the one it belongs to."""
        return self.state / "services-folder"

    @property
    def config(self) -> Path:
        return self.base / "config"

    @property
    def software(self) -> Path:
        return self.base / "software"

    @property
    def postgres(self) -> Path:
        return self.base / "postgres"

    @property
    def valkey(self) -> Path:
        return self.base / "valkey"


def private_folder(path: Path, *, uid: int, gid: int, mode: int = PRIVATE) -> Path:
    """Make the folder, or accept an existing one that could have been made here; else refuse."""
    try:
        path.mkdir(PRIVATE)
    except FileExistsError:
        _refuse_unless_ours(path, uid=uid, mode=mode)
        return path
    handle = os.open(path, os.O_DIRECTORY | os.O_NOFOLLOW)
    try:
        if uid != os.geteuid():
            os.chown(handle, uid, gid)
        os.fchmod(handle, mode)
    finally:
        os.close(handle)
    return path


def _refuse_unless_ours(path: Path, *, uid: int, mode: int) -> None:
    found = os.lstat(path)
    if not stat.S_ISDIR(found.st_mode):
        raise EmbeddedError(f"{path} is not a folder; remove it and start again.")
    if found.st_uid != uid:
        raise EmbeddedError(
            f"{path} belongs to user id {found.st_uid}, not {uid}. It was not made here and is "
            "left alone; remove it or set DIVERSION_STATE to another folder."
        )
    if stat.S_IMODE(found.st_mode) != mode:
        raise EmbeddedError(
            f"{path} has mode {stat.S_IMODE(found.st_mode):o} instead of {mode:o}: somebody "
            "else may have been inside. Check it and remove it, or restore the mode."
        )


def state_folder(state: Path) -> Path:
    """The caller's folder of local state; parents must exist, so that none is made by mistake."""
    if not state.parent.is_dir():
        raise EmbeddedError(f"{state.parent} does not exist, so {state} cannot be made in it.")
    private_folder(state, uid=os.geteuid(), gid=os.getegid())
    return state.resolve()


def lay_out(state: Path, owner: Owner) -> Layout:
    """Find or make every folder the servers need."""
    base = _base_for(state, owner)
    mode = PASSABLE if owner.borrowed else PRIVATE
    existed = base.exists()
    private_folder(base, uid=os.geteuid(), gid=os.getegid(), mode=mode)
    layout = Layout(
        state=state,
        base=base,
        sockets=_sockets_for(base),
        leftover=existed and not (state / "services-folder").exists(),
    )
    for folder in (layout.config, layout.software):
        private_folder(folder, uid=os.geteuid(), gid=os.getegid(), mode=mode)
    for folder in (layout.postgres, layout.valkey, layout.sockets):
        private_folder(folder, uid=owner.uid, gid=owner.gid)
    return layout


def _base_for(state: Path, owner: Owner) -> Path:
    """A checkout below /root cannot be reached by the borrowed account, so root's data is outside.

    The name follows from the state folder's path, so that it is found again when the note is lost.
    """
    if not owner.borrowed:
        return state / "services"
    name = f"diversion-{_digest(state)}"
    for parent in (Path("/var/lib"), Path("/var/tmp")):
        if os.access(parent, os.W_OK):
            return parent / name
    raise EmbeddedError("Neither /var/lib nor /var/tmp can be written; the database needs one.")


def _sockets_for(base: Path) -> Path:
    """A socket's path has a hard limit, which a checkout deep in a home folder exceeds."""
    sockets = base / "sockets"
    if len(os.fsencode(sockets / ".s.PGSQL.5432")) <= LONGEST_SOCKET:
        return sockets
    return Path(tempfile.gettempdir()) / f"diversion-{os.geteuid()}-{_digest(base)}"


def _digest(path: Path) -> str:
    return hashlib.sha256(os.fsencode(path)).hexdigest()[:12]
