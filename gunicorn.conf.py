"""How gunicorn serves HubSync: one process with threads, and a start that refuses bad settings at once.

Deliveries wait for HubSpot, so threads matter more than processes; SQLite wants few writers.
https://docs.gunicorn.org/en/stable/settings.html
"""

import sys

from gunicorn.workers.gthread import ThreadWorker

bind = "127.0.0.1:8000"
workers = 1
threads = 24
# It could stop and resize the server, for whoever runs programs as this user.
control_socket_disable = True
# Its lines as all others; requests are told of with `--access-logfile -`, without their query strings.
logger_class = "hubsync.logs.gunicorn_logger.GunicornLogger"


class worker_class(ThreadWorker):
    """The setting of this name: gunicorn's threads, which answer what gunicorn itself refuses in our way."""

    def handle_error(self, req, client, addr, exc):
        """Refuse as gunicorn does, without its words: they name limits and repeat what was sent."""
        from hubsync.config import EXTENSION
        from hubsync.web.shell.headers import fixed_headers

        settings = getattr(self.wsgi, "extensions", {}).get(EXTENSION)
        base_url = settings.base_url if settings is not None else ""
        headers = {**fixed_headers(base_url), "Content-Security-Policy": "default-src 'none'"}
        super().handle_error(req, _Refusing(client, headers), addr, exc)


class _Refusing:
    """A client's connection to which only the status of gunicorn's page goes out."""

    def __init__(self, connection, headers):
        self._connection = connection
        self._headers = headers

    def __getattr__(self, name):
        return getattr(self._connection, name)

    def sendall(self, page):
        first = page.split(b"\r\n", 1)[0]
        body = first.split(b" ", 1)[1] + b"\n"
        named = {"Connection": "close", "Content-Type": "text/plain", "Content-Length": len(body), **self._headers}
        lines = [first, *(f"{name}: {value}".encode("latin-1") for name, value in named.items())]
        self._connection.sendall(b"\r\n".join(lines) + b"\r\n\r\n" + body)


def post_worker_init(worker):
    """Tell HubSync how many threads serve, half of which may post to HubSpot at a time."""
    hubsync = getattr(worker.wsgi, "extensions", {}).get("hubsync")
    if hubsync is not None:
        hubsync.share.set_threads(worker.cfg.threads)


def on_starting(server):
    """Check the settings in the master: a worker that exits would be started again and again."""
    from hubsync.config.environment import SettingsRefused, read_settings

    try:
        read_settings()
    except SettingsRefused as refused:
        print(refused, file=sys.stderr)
        sys.exit(1)
