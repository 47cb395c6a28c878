"""The control endpoint, never linked: the clock, faults, chaos and logs, from other processes."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from typing import TYPE_CHECKING

from aiohttp import web

from tests.replica.faults import Chaos

if TYPE_CHECKING:
    from tests.replica.pubg.server import Asked, PubgReplica

CONTROL = "/__replica__/"


async def control(replica: PubgReplica, request: web.Request) -> web.StreamResponse:
    """Obey; what does not exist is 404, what makes no sense 400.

    clock      POST {"advance_s": 60} or {"now": "2026-05-14T21:00:00+00:00"}; GET
    faults     POST the fields of `Faults.add`; DELETE
    chaos      POST the fields of `Chaos`; DELETE; GET
    log, cdn-log, matches, sent  GET
    """
    name = request.path.removeprefix(CONTROL)
    body = await request.json() if request.method == "POST" else None
    try:
        if name == "clock":
            if body and "advance_s" in body:
                replica.clock.advance(float(body["advance_s"]))
            elif body:
                replica.clock.set(datetime.fromisoformat(body["now"]))
            return web.json_response({"now": replica.clock.now().isoformat()})
        if name == "faults":
            if body is not None:
                replica.faults.add(**body)
            elif request.method == "DELETE":
                replica.faults.clear()
            return web.json_response({"faults": len(replica.faults.planted)})
        if name == "chaos":
            return web.json_response(_chaos(replica, request.method, body))
    except (KeyError, TypeError, ValueError) as problem:
        return web.json_response({"error": str(problem)}, status=400)
    if name == "log":
        return web.json_response([_plain(one) for one in replica.api_log])
    if name == "cdn-log":
        return web.json_response([_plain(one) for one in replica.cdn_log])
    if name == "sent":
        return web.json_response({target: sorted(one) for target, one in replica.sent.items()})
    if name == "matches":
        known = replica.season.known(replica.clock.now())
        return web.json_response([asdict(one.row) for one in known])
    return web.Response(status=404)


def _chaos(replica: PubgReplica, method: str, body: dict[str, object] | None) -> object:
    chaos = replica.faults.chaos
    if body is not None:
        chaos = replica.faults.chaos = Chaos(**body)  # type: ignore[arg-type]
    elif method == "DELETE":
        replica.faults.chaos = None
    return (chaos or Chaos(share=0)).counts()


def _plain(one: Asked) -> dict[str, object]:
    return {**asdict(one), "headers": dict(one.headers), "at": one.at.isoformat()}
