"""What `flask` and gunicorn load."""

from hubsync.app import create_app
from hubsync.background import start_when_serving

app = create_app()
start_when_serving(app)
