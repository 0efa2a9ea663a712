"""What `flask` and gunicorn load."""

import os

from hubsync.loading import loading

with loading():
    from hubsync.app import create_app
    from hubsync.background import start_when_serving
    from hubsync.cli.refusal import warn_of_wrong_keys
    from hubsync.config.environment import read_log_format
    from hubsync.logs import set_up

# The database and what lies beside it hold guests' data: files made from here on are this user's alone.
os.umask(0o077)

set_up(read_log_format())
app = create_app()
warn_of_wrong_keys(app)
start_when_serving(app)
