"""How gunicorn serves HubSync: one process with threads, and a start that refuses bad settings at once.

Deliveries wait for HubSpot, so threads matter more than processes; SQLite wants few writers.
https://docs.gunicorn.org/en/stable/settings.html
"""

import sys

bind = "127.0.0.1:8000"
workers = 1
threads = 24
# It could stop and resize the server, for whoever runs programs as this user.
control_socket_disable = True
# Its lines as all others; requests are told of with `--access-logfile -`, without their query strings.
logger_class = "hubsync.logs.gunicorn_logger.GunicornLogger"


# A thread gets whole requests alone, and no client waits in one: docs/ARCHITECTURE.md, "What serves it".
worker_class = "hubsync.server.worker.Worker"
worker_connections = 500
# The kernel would send a file as slowly as its reader takes it, in a thread.
sendfile = False


def post_worker_init(worker):
    """Tell HubSync how many threads serve, half of which may post to HubSpot at a time."""
    hubsync = getattr(worker.wsgi, "extensions", {}).get("hubsync")
    if hubsync is not None:
        hubsync.share.set_threads(worker.cfg.threads)


def on_starting(server):
    """Check the settings in the master: a worker that exits would be started again and again.

    What is said of memory here, the worker has from its first thread on.
    """
    from hubsync.config.environment import SettingsRefused, read_settings
    from hubsync.server.memory import share_memory

    try:
        read_settings()
    except SettingsRefused as refused:
        print(refused, file=sys.stderr)
        sys.exit(1)
    share_memory()
