"""people, teams and the life of a connection

Revision ID: 0002
Revises: 0001

"""
from alembic import op
import sqlalchemy as sa

import hubsync.store.columns


# revision identifiers, used by Alembic.
revision = '0002'
down_revision = '0001'
branch_labels = None
depends_on = None


def upgrade():
    op.create_table('unconfirmed_identities',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('issuer', sa.String(length=255), nullable=False),
    sa.Column('subject', sa.String(length=320), nullable=False),
    sa.Column('email', sa.String(length=320), nullable=False),
    sa.Column('name', sa.String(length=200), nullable=False),
    sa.Column('token_hash', sa.String(length=64), nullable=False),
    sa.Column('browser_hash', sa.String(length=64), nullable=False),
    sa.Column('created_at', hubsync.store.columns.UtcDateTime(), nullable=False),
    sa.Column('expires_at', hubsync.store.columns.UtcDateTime(), nullable=False),
    sa.Column('used_at', hubsync.store.columns.UtcDateTime(), nullable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_unconfirmed_identities')),
    sa.UniqueConstraint('token_hash', name=op.f('uq_unconfirmed_identities_token_hash'))
    )
    with op.batch_alter_table('unconfirmed_identities', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_unconfirmed_identities_email'), ['email'], unique=False)

    op.create_table('mail_asks',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('asked_from', sa.String(length=64), nullable=False),
    sa.Column('asked_at', hubsync.store.columns.UtcDateTime(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_mail_asks'))
    )
    with op.batch_alter_table('mail_asks', schema=None) as batch_op:
        batch_op.create_index('ix_mail_asks_asker', ['asked_from', 'asked_at'], unique=False)

    op.create_table('audit_entries',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('team_id', sa.Integer(), nullable=False),
    sa.Column('at', hubsync.store.columns.UtcDateTime(), nullable=False),
    sa.Column('person_id', sa.Integer(), nullable=True),
    sa.Column('person_shown', sa.String(length=320), nullable=False),
    sa.Column('action', sa.String(length=64), nullable=False),
    sa.Column('details', sa.JSON(), nullable=False),
    sa.ForeignKeyConstraint(['person_id'], ['people.id'], name=op.f('fk_audit_entries_person_id_people'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['team_id'], ['teams.id'], name=op.f('fk_audit_entries_team_id_teams'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_audit_entries'))
    )
    with op.batch_alter_table('audit_entries', schema=None) as batch_op:
        batch_op.create_index('ix_audit_entries_team_recent', ['team_id', 'id'], unique=False)

    op.create_table('invitations',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('team_id', sa.Integer(), nullable=False),
    sa.Column('email', sa.String(length=320), nullable=False),
    sa.Column('role', sa.String(length=16), nullable=False),
    sa.Column('token_hash', sa.String(length=64), nullable=False),
    sa.Column('invited_by_id', sa.Integer(), nullable=True),
    sa.Column('created_at', hubsync.store.columns.UtcDateTime(), nullable=False),
    sa.Column('expires_at', hubsync.store.columns.UtcDateTime(), nullable=False),
    sa.ForeignKeyConstraint(['invited_by_id'], ['people.id'], name=op.f('fk_invitations_invited_by_id_people'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['team_id'], ['teams.id'], name=op.f('fk_invitations_team_id_teams'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_invitations')),
    sa.UniqueConstraint('team_id', 'email', name=op.f('uq_invitations_team_id')),
    sa.UniqueConstraint('token_hash', name=op.f('uq_invitations_token_hash'))
    )
    with op.batch_alter_table('invitations', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_invitations_email'), ['email'], unique=False)

    op.create_table('parked_connections',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('team_id', sa.Integer(), nullable=False),
    sa.Column('person_id', sa.Integer(), nullable=False),
    sa.Column('method', sa.String(length=16), nullable=False),
    sa.Column('hubspot_account_id', sa.String(length=32), nullable=False),
    sa.Column('account_name', sa.String(length=255), nullable=False),
    sa.Column('ui_domain', sa.String(length=255), nullable=False),
    sa.Column('time_zone', sa.String(length=64), nullable=False),
    sa.Column('scopes', sa.JSON(), nullable=False),
    sa.Column('access_sealed', sa.String(), nullable=False),
    sa.Column('refresh_sealed', sa.String(), nullable=False),
    sa.Column('access_expires_at', hubsync.store.columns.UtcDateTime(), nullable=True),
    sa.Column('created_at', hubsync.store.columns.UtcDateTime(), nullable=False),
    sa.Column('expires_at', hubsync.store.columns.UtcDateTime(), nullable=False),
    sa.Column('drop_until', hubsync.store.columns.UtcDateTime(), nullable=True),
    sa.ForeignKeyConstraint(['person_id'], ['people.id'], name=op.f('fk_parked_connections_person_id_people'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['team_id'], ['teams.id'], name=op.f('fk_parked_connections_team_id_teams'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_parked_connections')),
    sa.UniqueConstraint('team_id', name=op.f('uq_parked_connections_team_id'))
    )
    with op.batch_alter_table('parked_connections', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_parked_connections_person_id'), ['person_id'], unique=False)

    with op.batch_alter_table('calendars', schema=None) as batch_op:
        batch_op.add_column(sa.Column('archived_at', hubsync.store.columns.UtcDateTime(), nullable=True))

    with op.batch_alter_table('connections', schema=None) as batch_op:
        batch_op.add_column(sa.Column('method', sa.String(length=16), server_default='oauth', nullable=False))
        batch_op.add_column(sa.Column('time_zone', sa.String(length=64), server_default='', nullable=False))
        batch_op.add_column(sa.Column('refresh_not_before', hubsync.store.columns.UtcDateTime(), nullable=True))
        batch_op.add_column(sa.Column('trouble_code', sa.String(length=64), server_default='', nullable=False))
        batch_op.add_column(sa.Column('trouble_call', sa.String(length=64), server_default='', nullable=False))
        batch_op.add_column(sa.Column('trouble_at', hubsync.store.columns.UtcDateTime(), nullable=True))
        batch_op.add_column(sa.Column('checked_at', hubsync.store.columns.UtcDateTime(), nullable=True))
        batch_op.add_column(sa.Column('next_check_at', hubsync.store.columns.UtcDateTime(), nullable=True))
        batch_op.add_column(sa.Column('check_until', hubsync.store.columns.UtcDateTime(), nullable=True))
        batch_op.add_column(sa.Column('warned_for', hubsync.store.columns.UtcDateTime(), nullable=True))
        batch_op.add_column(sa.Column('warn_until', hubsync.store.columns.UtcDateTime(), nullable=True))

    with op.batch_alter_table('identities', schema=None) as batch_op:
        batch_op.add_column(sa.Column('shown', sa.String(length=320), server_default='', nullable=False))
        batch_op.add_column(sa.Column('linked_at', hubsync.store.columns.UtcDateTime(), nullable=True))

    with op.batch_alter_table('people', schema=None) as batch_op:
        batch_op.add_column(sa.Column('language', sa.String(length=16), server_default='', nullable=False))

    with op.batch_alter_table('person_sessions', schema=None) as batch_op:
        batch_op.add_column(sa.Column('browser', sa.String(length=200), server_default='', nullable=False))



def downgrade():
    with op.batch_alter_table('person_sessions', schema=None) as batch_op:
        batch_op.drop_column('browser')

    with op.batch_alter_table('people', schema=None) as batch_op:
        batch_op.drop_column('language')

    with op.batch_alter_table('identities', schema=None) as batch_op:
        batch_op.drop_column('linked_at')
        batch_op.drop_column('shown')

    with op.batch_alter_table('connections', schema=None) as batch_op:
        batch_op.drop_column('warn_until')
        batch_op.drop_column('warned_for')
        batch_op.drop_column('check_until')
        batch_op.drop_column('next_check_at')
        batch_op.drop_column('checked_at')
        batch_op.drop_column('trouble_at')
        batch_op.drop_column('trouble_call')
        batch_op.drop_column('trouble_code')
        batch_op.drop_column('refresh_not_before')
        batch_op.drop_column('time_zone')
        batch_op.drop_column('method')

    with op.batch_alter_table('calendars', schema=None) as batch_op:
        batch_op.drop_column('archived_at')

    with op.batch_alter_table('parked_connections', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_parked_connections_person_id'))

    op.drop_table('parked_connections')
    with op.batch_alter_table('invitations', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_invitations_email'))

    op.drop_table('invitations')
    with op.batch_alter_table('audit_entries', schema=None) as batch_op:
        batch_op.drop_index('ix_audit_entries_team_recent')

    op.drop_table('audit_entries')
    with op.batch_alter_table('mail_asks', schema=None) as batch_op:
        batch_op.drop_index('ix_mail_asks_asker')

    op.drop_table('mail_asks')
    with op.batch_alter_table('unconfirmed_identities', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_unconfirmed_identities_email'))

    op.drop_table('unconfirmed_identities')
