"""An AWS simulator: moto, with what it answers otherwise than AWS mended.

    python server.py --port 5005 --registry

See README.md for what it knows and what it does not.
"""

import argparse
import logging
import os
import sys
import threading
import time
from collections.abc import Callable, Iterable

from moto.moto_server.werkzeug_app import (
    DomainDispatcherApplication,
    MotoRequestHandler,
    create_backend_app,
)
from werkzeug.serving import make_server

import alarms
import athena
import athena_metadata
import cbor
import cloudtrail
import cloudwatch
import control
import credentials
import dashboards
import ecr
import iam
import identity
import insights
import live_tail
import log_search
import logs
import lookup_events
import registry
import s3
import throttle

IDLE_CHECK_SECONDS = 0.5
# Throttling last: what it refuses is not to be recorded.
MENDED = (
    cloudtrail,
    lookup_events,
    identity,
    s3,
    logs,
    log_search,
    insights,
    athena,
    athena_metadata,
    iam,
    dashboards,
    alarms,
    throttle,
)


class Simulator:
    """The WSGI application: control endpoints, then credentials, then moto."""

    def __init__(self) -> None:
        self.moto = DomainDispatcherApplication(create_backend_app)
        self.last_request = time.monotonic()

    def touch(self) -> None:
        """Note that somebody uses the simulator."""
        self.last_request = time.monotonic()

    def __call__(self, environ: dict, start_response: Callable) -> Iterable[bytes]:
        self.touch()
        if environ["PATH_INFO"].startswith(control.PREFIX):
            return control.answer(environ, start_response)
        refused = credentials.refuse(environ, start_response)
        if refused is not None:
            return refused
        if live_tail.is_asked(environ):
            return live_tail.answer(environ, start_response, self.touch)
        operation = ecr.operation_of(environ)
        if operation:
            return ecr.answer(environ, start_response, operation)
        operation = cloudwatch.operation_of(environ)
        if operation:
            return cloudwatch.answer(environ, start_response, operation)
        operation = cbor.operation_of(environ)
        if operation:
            return cbor.answer(self.moto, environ, start_response, operation)
        return self.moto(environ, start_response)


class Handler(MotoRequestHandler):
    """Answers at once: a response's head must not wait for its body's ACK."""

    disable_nagle_algorithm = True

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        if logging.getLogger("werkzeug").isEnabledFor(logging.INFO):
            super().log_request(code, size)


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=5005)
    parser.add_argument("--region", default="eu-west-1", help="the registry's region")
    parser.add_argument(
        "--registry", action="store_true", help="start with a small registry in use"
    )
    parser.add_argument("--exit-when-stdin-closes", action="store_true")
    parser.add_argument("--exit-when-idle", type=float, metavar="SECONDS")
    parser.add_argument("--verbose", action="store_true", help="log every request")
    return parser.parse_args()


def exit_when_stdin_closes() -> None:
    """End with the process that holds our stdin, however it ends."""
    while os.read(sys.stdin.fileno(), 4096):
        pass
    os._exit(0)


def exit_when_idle(simulator: Simulator, seconds: float) -> None:
    """End when nobody has asked for so long."""
    while time.monotonic() - simulator.last_request < seconds:
        time.sleep(IDLE_CHECK_SECONDS)
    os._exit(0)


def in_background(work: Callable, *given: object) -> None:
    threading.Thread(target=work, args=given, daemon=True).start()


def install() -> None:
    """Mend moto, each service in its own module."""
    for module in MENDED:
        module.install()


def main() -> None:
    asked = arguments()
    logging.basicConfig(level=logging.INFO if asked.verbose else logging.WARNING)
    logging.getLogger("werkzeug").setLevel(
        logging.INFO if asked.verbose else logging.ERROR
    )
    install()
    simulator = Simulator()
    if asked.registry:
        registry.seed(asked.region)
    if asked.exit_when_stdin_closes:
        in_background(exit_when_stdin_closes)
    if asked.exit_when_idle:
        in_background(exit_when_idle, simulator, asked.exit_when_idle)
    server = make_server(
        asked.host, asked.port, simulator, threaded=True, request_handler=Handler
    )
    server.serve_forever()


if __name__ == "__main__":
    main()
