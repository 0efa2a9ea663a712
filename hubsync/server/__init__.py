"""gunicorn's worker for HubSync: threads get whole requests, and slow clients hold none of them.

What gunicorn reads and runs stays its own; here is who waits for whom. `gunicorn.conf.py` names the worker.
"""
