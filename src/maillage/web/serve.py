"""Serve the observatory on this machine."""

from __future__ import annotations

import threading
import webbrowser
from pathlib import Path

import uvicorn

from maillage.web.app import create_app


def serve(store: Path, host: str, port: int, *, open_browser: bool = False) -> None:
    """Serve until interrupted; ``open_browser`` opens the home page once the server answers."""
    server = uvicorn.Server(
        uvicorn.Config(create_app(store), host=host, port=port, log_level="warning", server_header=False)
    )
    if open_browser:
        threading.Thread(target=_open_when_ready, args=(server, f"http://{_local(host)}:{port}/"), daemon=True).start()
    server.run()


def _local(host: str) -> str:
    return "127.0.0.1" if host in ("0.0.0.0", "::") else host


def _open_when_ready(server: uvicorn.Server, address: str) -> None:
    pause = threading.Event()
    while not server.started:
        if server.should_exit:
            return
        pause.wait(0.1)
    webbrowser.open(address)
