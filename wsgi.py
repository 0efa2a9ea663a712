"""What `flask` and gunicorn load."""

import os

from hubsync.app import create_app
from hubsync.background import start_when_serving

# The database and what lies beside it hold guests' data: files made from here on are this user's alone.
os.umask(0o077)

app = create_app()
start_when_serving(app)
