# HubSync in one container: `docker compose up -d` with compose.yaml, or docs/INSTALL.md. All its data is in /data.
FROM python:3.11-slim-bookworm AS build
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
RUN python -m venv /opt/hubsync
WORKDIR /src
COPY requirements.txt ./
RUN /opt/hubsync/bin/pip install -r requirements.txt
COPY pyproject.toml README.md LICENSE gunicorn.conf.py wsgi.py ./
COPY docs/HUBSPOT_APP.md docs/
COPY docs/ja/HUBSPOT_APP.md docs/ja/
COPY hubsync hubsync
COPY hubspot_sandbox hubspot_sandbox
COPY scheduler_sandbox scheduler_sandbox
COPY templates templates
COPY static static
COPY migrations migrations
RUN /opt/hubsync/bin/pip install --no-deps .

FROM python:3.11-slim-bookworm
RUN groupadd --system --gid 10001 hubsync \
    && useradd --system --uid 10001 --gid hubsync --home-dir /data --no-create-home --shell /usr/sbin/nologin hubsync \
    && install --directory --owner hubsync --group hubsync --mode 0700 /data
COPY --from=build /opt/hubsync /opt/hubsync
COPY --chmod=0755 deploy/start /usr/local/bin/hubsync-start
# Keys that are given in other ways count before these, which are made at the first start.
ENV PATH=/opt/hubsync/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    HUBSYNC_SECRET_KEY_FILE=/data/keys/secret_key \
    HUBSYNC_ENCRYPTION_KEYS_FILE=/data/keys/encryption_keys
WORKDIR /data
VOLUME ["/data"]
USER 10001:10001
EXPOSE 8000
HEALTHCHECK --interval=60s --timeout=10s --start-period=2m --start-interval=5s --retries=3 CMD ["hubsync", "health"]
CMD ["hubsync-start", "--bind", "0.0.0.0:8000", "--worker-tmp-dir", "/dev/shm"]
