"""notices and the expiry warning go through the outbox

What was known of a team's last notice comes along: no team is mailed twice in one interval for having upgraded.

Revision ID: notices_in_the_outbox
Revises: index_of_host_times

"""
from alembic import op
import sqlalchemy as sa

from hubsync.store.columns import UtcDateTime


# revision identifiers, used by Alembic.
revision = "notices_in_the_outbox"
down_revision = "index_of_host_times"
branch_labels = None
depends_on = None

NOTICE, EXPIRY_WARNING = "notice", "expiry_warning"
OF_LINKS = ("signin_link", "confirm_identity", "claim_invitation", "team_invitation")

notices = sa.table(
    "notices",
    sa.column("team_id", sa.Integer),
    sa.column("sent_at", UtcDateTime()),
    sa.column("unconfirmed", sa.Boolean),
    sa.column("failures", sa.Integer),
    sa.column("tries", sa.Integer),
    sa.column("last_error", sa.String),
    sa.column("handing_over_at", UtcDateTime()),
    sa.column("composed_at", UtcDateTime()),
    sa.column("told_until", UtcDateTime()),
    sa.column("worker", sa.String),
    sa.column("worker_until", UtcDateTime()),
)
mails = sa.table(
    "outbox_mails",
    sa.column("kind", sa.String),
    sa.column("key", sa.String),
    sa.column("team_id", sa.Integer),
    sa.column("content_sealed", sa.String),
    sa.column("created_at", UtcDateTime()),
    sa.column("next_try_at", UtcDateTime()),
    sa.column("tries", sa.Integer),
    sa.column("tried_at", UtcDateTime()),
    sa.column("number", sa.Integer),
    sa.column("worker", sa.String),
    sa.column("worker_until", UtcDateTime()),
    sa.column("handing_over_at", UtcDateTime()),
    sa.column("sent_at", UtcDateTime()),
    sa.column("unconfirmed", sa.Boolean),
    sa.column("settled_at", UtcDateTime()),
    sa.column("fault", sa.String),
)
connections = sa.table("connections", sa.column("team_id", sa.Integer), sa.column("warned_for", UtcDateTime()))


def upgrade():
    with op.batch_alter_table("outbox_mails", schema=None) as batch_op:
        batch_op.add_column(sa.Column("tried_at", UtcDateTime(), nullable=True))
        batch_op.add_column(sa.Column("number", sa.Integer(), server_default="0", nullable=False))
    connection = op.get_bind()
    for row in connection.execute(sa.select(notices)).mappings().all():
        for mail in _mails_of(row):
            connection.execute(mails.insert().values(mail))
    op.drop_table("notices")
    with op.batch_alter_table("connections", schema=None) as batch_op:
        batch_op.drop_column("warn_until")


def _mails_of(row):
    """The last notice that counts as sent, and one that a worker was handing over, of which nobody knows."""
    common = {
        "kind": NOTICE,
        "team_id": row["team_id"],
        "content_sealed": "",
        "tries": 1,
        "number": row["failures"],
        "worker": "",
        "fault": "",
        "unconfirmed": False,
    }
    if row["sent_at"] is not None:
        yield {
            **common,
            "key": f"{NOTICE}:{row['team_id']}:{row['sent_at'].isoformat()}:sent",
            "created_at": row["sent_at"],
            "tried_at": row["told_until"] or row["sent_at"],
            "sent_at": row["sent_at"],
            "settled_at": row["sent_at"],
            "unconfirmed": row["unconfirmed"],
            "fault": row["last_error"] if row["unconfirmed"] else "",
        }
    if row["handing_over_at"] is not None:
        yield {
            **common,
            "key": f"{NOTICE}:{row['team_id']}:{row['handing_over_at'].isoformat()}:handed over",
            "created_at": row["handing_over_at"],
            "tried_at": row["composed_at"] or row["handing_over_at"],
            "handing_over_at": row["handing_over_at"],
            "worker": row["worker"],
            "worker_until": row["worker_until"],
        }


def downgrade():
    with op.batch_alter_table("connections", schema=None) as batch_op:
        batch_op.add_column(sa.Column("warn_until", UtcDateTime(), nullable=True))
    op.create_table(
        "notices",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("team_id", sa.Integer(), nullable=False),
        sa.Column("sent_at", UtcDateTime(), nullable=True),
        sa.Column("unconfirmed", sa.Boolean(), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("not_before", UtcDateTime(), nullable=True),
        sa.Column("last_error", sa.String(length=64), nullable=False),
        sa.Column("handing_over_at", UtcDateTime(), nullable=True),
        sa.Column("composed_at", UtcDateTime(), nullable=True),
        sa.Column("told_until", UtcDateTime(), nullable=True),
        sa.Column("worker", sa.String(length=64), nullable=False),
        sa.Column("worker_until", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["team_id"], ["teams.id"], name=op.f("fk_notices_team_id_teams"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notices")),
        sa.UniqueConstraint("team_id", name=op.f("uq_notices_team_id")),
    )
    connection = op.get_bind()
    for values in _notices(connection).values():
        connection.execute(notices.insert().values(values))
    # A warning that has not left is put again by whoever warned before.
    unsent = sa.select(mails.c.team_id).where(mails.c.kind == EXPIRY_WARNING, mails.c.sent_at.is_(None))
    connection.execute(connections.update().where(connections.c.team_id.in_(unsent)).values(warned_for=None))
    connection.execute(mails.delete().where(mails.c.kind.in_((NOTICE, EXPIRY_WARNING, *OF_LINKS))))
    with op.batch_alter_table("outbox_mails", schema=None) as batch_op:
        batch_op.drop_column("number")
        batch_op.drop_column("tried_at")


def _notices(connection):
    """What each team's row says, by the team's id."""
    teams = {}
    known = sa.select(mails).where(mails.c.kind == NOTICE).order_by(mails.c.sent_at.is_(None), mails.c.sent_at)
    for mail in connection.execute(known).mappings().all():
        row = teams.setdefault(
            mail["team_id"],
            {"team_id": mail["team_id"], "unconfirmed": False, "failures": 0, "tries": 0, "last_error": "", "worker": ""},
        )
        if mail["sent_at"] is not None:
            row |= {"sent_at": mail["sent_at"], "told_until": mail["tried_at"], "failures": mail["number"]}
            row |= {"unconfirmed": mail["unconfirmed"], "last_error": mail["fault"]}
        elif mail["handing_over_at"] is not None:
            row |= {"handing_over_at": mail["handing_over_at"], "composed_at": mail["tried_at"]}
            row |= {"failures": mail["number"], "worker": mail["worker"], "worker_until": mail["worker_until"]}
    return teams
