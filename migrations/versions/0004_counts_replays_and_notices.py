"""kept counts, replays, notices, dismissed and erased bookings

Revision ID: 0004
Revises: 0003

"""
from alembic import op
import sqlalchemy as sa

import hubsync.store.columns


# revision identifiers, used by Alembic.
revision = '0004'
down_revision = '0003'
branch_labels = None
depends_on = None


def upgrade():
    op.create_table('erased_bookings',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('team_id', sa.Integer(), nullable=False),
    sa.Column('source', sa.String(length=32), nullable=False),
    sa.Column('external_hash', sa.String(length=64), nullable=False),
    sa.Column('delivery_id', sa.Integer(), nullable=False),
    sa.Column('state', sa.String(length=16), nullable=False),
    sa.Column('erased_at', hubsync.store.columns.UtcDateTime(), nullable=False),
    sa.ForeignKeyConstraint(['team_id'], ['teams.id'], name=op.f('fk_erased_bookings_team_id_teams'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_erased_bookings')),
    sa.UniqueConstraint('team_id', 'source', 'external_hash', name=op.f('uq_erased_bookings_team_id'))
    )
    op.create_table('notices',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('team_id', sa.Integer(), nullable=False),
    sa.Column('sent_at', hubsync.store.columns.UtcDateTime(), nullable=True),
    sa.Column('unconfirmed', sa.Boolean(), nullable=False),
    sa.Column('failures', sa.Integer(), nullable=False),
    sa.Column('tries', sa.Integer(), nullable=False),
    sa.Column('not_before', hubsync.store.columns.UtcDateTime(), nullable=True),
    sa.Column('last_error', sa.String(length=64), nullable=False),
    sa.Column('handing_over_at', hubsync.store.columns.UtcDateTime(), nullable=True),
    sa.Column('composed_at', hubsync.store.columns.UtcDateTime(), nullable=True),
    sa.Column('told_until', hubsync.store.columns.UtcDateTime(), nullable=True),
    sa.Column('worker', sa.String(length=64), nullable=False),
    sa.Column('worker_until', hubsync.store.columns.UtcDateTime(), nullable=True),
    sa.ForeignKeyConstraint(['team_id'], ['teams.id'], name=op.f('fk_notices_team_id_teams'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_notices')),
    sa.UniqueConstraint('team_id', name=op.f('uq_notices_team_id'))
    )
    op.create_table('replays',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('team_id', sa.Integer(), nullable=False),
    sa.Column('started_by_id', sa.Integer(), nullable=True),
    sa.Column('started_at', hubsync.store.columns.UtcDateTime(), nullable=False),
    sa.Column('total', sa.Integer(), nullable=False),
    sa.Column('posted', sa.Integer(), nullable=False),
    sa.Column('duplicate', sa.Integer(), nullable=False),
    sa.Column('troubled', sa.Integer(), nullable=False),
    sa.Column('paused_at', hubsync.store.columns.UtcDateTime(), nullable=True),
    sa.Column('ended_at', hubsync.store.columns.UtcDateTime(), nullable=True),
    sa.Column('ended_code', sa.String(length=64), nullable=False),
    sa.Column('worker', sa.String(length=64), nullable=False),
    sa.Column('worker_until', hubsync.store.columns.UtcDateTime(), nullable=True),
    sa.ForeignKeyConstraint(['started_by_id'], ['people.id'], name=op.f('fk_replays_started_by_id_people'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['team_id'], ['teams.id'], name=op.f('fk_replays_team_id_teams'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_replays'))
    )
    with op.batch_alter_table('replays', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_replays_ended_at'), ['ended_at'], unique=False)
        batch_op.create_index('ix_replays_team', ['team_id', 'id'], unique=False)
        batch_op.create_index('uq_replays_open', ['team_id'], unique=True, sqlite_where=sa.text('ended_at IS NULL'), postgresql_where=sa.text('ended_at IS NULL'))

    op.create_table('delivery_counts',
    sa.Column('calendar_id', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('day', sa.String(length=10), nullable=False),
    sa.Column('state', sa.String(length=16), nullable=False),
    sa.Column('team_id', sa.Integer(), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['calendar_id'], ['calendars.id'], name=op.f('fk_delivery_counts_calendar_id_calendars'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['team_id'], ['teams.id'], name=op.f('fk_delivery_counts_team_id_teams'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('calendar_id', 'day', 'state', name=op.f('pk_delivery_counts'))
    )
    with op.batch_alter_table('delivery_counts', schema=None) as batch_op:
        batch_op.create_index('ix_delivery_counts_team', ['team_id', 'day', 'state'], unique=False)

    with op.batch_alter_table('known_companies', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_known_companies_known_at'), ['known_at'], unique=False)

    with op.batch_alter_table('connections', schema=None) as batch_op:
        batch_op.add_column(sa.Column('circuit_until', hubsync.store.columns.UtcDateTime(), nullable=True))
        batch_op.add_column(sa.Column('paused_until', hubsync.store.columns.UtcDateTime(), nullable=True))
        batch_op.add_column(sa.Column('paused_code', sa.String(length=64), server_default='', nullable=False))
        batch_op.add_column(sa.Column('pace_until', hubsync.store.columns.UtcDateTime(), nullable=True))

    with op.batch_alter_table('deliveries', schema=None) as batch_op:
        batch_op.add_column(sa.Column('troubled_at', hubsync.store.columns.UtcDateTime(), nullable=True))
        batch_op.add_column(sa.Column('dismissed_at', hubsync.store.columns.UtcDateTime(), nullable=True))
        batch_op.add_column(sa.Column('dismissed_by_id', sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column('search_email', sa.String(length=320).with_variant(sa.String(length=320, collation='C'), 'postgresql'), server_default='', nullable=False))
        batch_op.add_column(sa.Column('search_company', sa.String(length=320).with_variant(sa.String(length=320, collation='C'), 'postgresql'), server_default='', nullable=False))
        batch_op.add_column(sa.Column('replay_id', sa.Integer(), nullable=True))
        batch_op.drop_index(batch_op.f('ix_deliveries_calendar_id'))
        batch_op.create_index('ix_deliveries_calendar_recent', ['calendar_id', 'id'], unique=False)
        batch_op.create_index('ix_deliveries_calendar_dismissed', ['calendar_id', 'dismissed_at', 'id'], unique=False, sqlite_where=sa.text('dismissed_at IS NOT NULL'), postgresql_where=sa.text('dismissed_at IS NOT NULL'))
        batch_op.create_index('ix_deliveries_calendar_company', ['calendar_id', 'search_company', 'id'], unique=False)
        batch_op.create_index('ix_deliveries_calendar_email', ['calendar_id', 'search_email', 'id'], unique=False)
        batch_op.create_index('ix_deliveries_calendar_state', ['calendar_id', 'state', 'id'], unique=False, sqlite_where=sa.text('dismissed_at IS NULL'), postgresql_where=sa.text('dismissed_at IS NULL'))
        batch_op.create_index('ix_deliveries_created', ['created_at', 'id'], unique=False)
        batch_op.create_index('ix_deliveries_replay', ['replay_id', 'id'], unique=False)
        batch_op.create_index('ix_deliveries_team_company', ['team_id', 'search_company', 'id'], unique=False)
        batch_op.create_index('ix_deliveries_team_dismissed', ['team_id', 'dismissed_at', 'id'], unique=False, sqlite_where=sa.text('dismissed_at IS NOT NULL'), postgresql_where=sa.text('dismissed_at IS NOT NULL'))
        batch_op.create_index('ix_deliveries_team_email', ['team_id', 'search_email', 'id'], unique=False)
        batch_op.drop_index('ix_deliveries_team_state')
        batch_op.create_index('ix_deliveries_team_state', ['team_id', 'state', 'id'], unique=False, sqlite_where=sa.text('dismissed_at IS NULL'), postgresql_where=sa.text('dismissed_at IS NULL'))
        batch_op.create_foreign_key(batch_op.f('fk_deliveries_dismissed_by_id_people'), 'people', ['dismissed_by_id'], ['id'], ondelete='SET NULL')
        batch_op.create_foreign_key(batch_op.f('fk_deliveries_replay_id_replays'), 'replays', ['replay_id'], ['id'], ondelete='SET NULL')

    count_what_is_there()


def count_what_is_there():
    """Deliveries of before are counted, found by e-mail, and in trouble since their bookings."""
    for day in ("''", "substr(CAST(created_at AS VARCHAR(30)), 1, 10)"):
        op.execute(
            "INSERT INTO delivery_counts (calendar_id, day, state, team_id, number) "
            f"SELECT calendar_id, {day}, state, team_id, COUNT(*) FROM deliveries "
            "GROUP BY 1, 2, 3, 4"
        )
    op.execute(
        "UPDATE deliveries SET search_email = "
        "(SELECT lower(bookings.guest_email) FROM bookings WHERE bookings.id = deliveries.booking_id)"
    )
    op.execute(
        "UPDATE deliveries SET troubled_at = created_at "
        "WHERE state IN ('failed', 'partial', 'waiting', 'retrying')"
    )


def downgrade():
    with op.batch_alter_table('deliveries', schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f('fk_deliveries_replay_id_replays'), type_='foreignkey')
        batch_op.drop_constraint(batch_op.f('fk_deliveries_dismissed_by_id_people'), type_='foreignkey')
        batch_op.drop_index('ix_deliveries_team_state')
        batch_op.create_index('ix_deliveries_team_state', ['team_id', 'state', 'id'], unique=False)
        batch_op.drop_index('ix_deliveries_team_email')
        batch_op.drop_index('ix_deliveries_team_dismissed')
        batch_op.drop_index('ix_deliveries_team_company')
        batch_op.drop_index('ix_deliveries_replay')
        batch_op.drop_index('ix_deliveries_created')
        batch_op.drop_index('ix_deliveries_calendar_state')
        batch_op.drop_index('ix_deliveries_calendar_email')
        batch_op.drop_index('ix_deliveries_calendar_company')
        batch_op.drop_index('ix_deliveries_calendar_dismissed')
        batch_op.drop_index('ix_deliveries_calendar_recent')
        batch_op.create_index(batch_op.f('ix_deliveries_calendar_id'), ['calendar_id'], unique=False)
        batch_op.drop_column('replay_id')
        batch_op.drop_column('search_company')
        batch_op.drop_column('search_email')
        batch_op.drop_column('dismissed_by_id')
        batch_op.drop_column('dismissed_at')
        batch_op.drop_column('troubled_at')

    with op.batch_alter_table('known_companies', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_known_companies_known_at'))

    with op.batch_alter_table('connections', schema=None) as batch_op:
        batch_op.drop_column('pace_until')
        batch_op.drop_column('paused_code')
        batch_op.drop_column('paused_until')
        batch_op.drop_column('circuit_until')

    with op.batch_alter_table('delivery_counts', schema=None) as batch_op:
        batch_op.drop_index('ix_delivery_counts_team')

    op.drop_table('delivery_counts')
    with op.batch_alter_table('replays', schema=None) as batch_op:
        batch_op.drop_index('uq_replays_open')
        batch_op.drop_index('ix_replays_team')
        batch_op.drop_index(batch_op.f('ix_replays_ended_at'))

    op.drop_table('replays')
    op.drop_table('notices')
    op.drop_table('erased_bookings')
