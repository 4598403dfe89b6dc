from __future__ import annotations

from .authority import Authority


class CmpServer:
    def __init__(self, authority: Authority, profile: str) -> None: ...
    def handle(self, body: bytes) -> bytes:
        raise ValueError("not yet")
