"""Serve the observatory on this machine."""

from __future__ import annotations

import threading
import webbrowser
from pathlib import Path

import uvicorn

from maillage.web.app import create_app
from maillage.web.security import LOCAL_NAMES
from maillage.web.uploads import Access


def serve(store: Path, host: str, port: int, *, uploads: bool | None = None, open_browser: bool = False) -> None:
    """Serve until interrupted; ``open_browser`` opens the home page once the server answers.

    ``uploads``: see ``access_of``.
    """
    app = create_app(store, access=access_of(host, uploads=uploads))
    server = uvicorn.Server(uvicorn.Config(app, host=host, port=port, log_level="warning", server_header=False))
    if open_browser:
        threading.Thread(target=_open_when_ready, args=(server, f"http://{_local(host)}:{port}/"), daemon=True).start()
    server.run()


def access_of(host: str, *, uploads: bool | None) -> Access:
    """Who may bring files: whoever sits at this machine, where the observatory listens to it alone.

    ``uploads`` True takes them from whoever reaches it, False from nobody.
    """
    if uploads is None:
        return "local" if host in LOCAL_NAMES else "off"
    return "open" if uploads else "off"


def _local(host: str) -> str:
    return "127.0.0.1" if host in ("0.0.0.0", "::") else host


def _open_when_ready(server: uvicorn.Server, address: str) -> None:
    pause = threading.Event()
    while not server.started:
        if server.should_exit:
            return
        pause.wait(0.1)
    webbrowser.open(address)
