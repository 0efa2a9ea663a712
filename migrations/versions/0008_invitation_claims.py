"""links that prove an invited address

Revision ID: invitation_claims
Revises: hubspots_own_words

"""
from alembic import op
import sqlalchemy as sa

import hubsync.store.columns


# revision identifiers, used by Alembic.
revision = 'invitation_claims'
down_revision = 'hubspots_own_words'
branch_labels = None
depends_on = None


def upgrade():
    op.create_table('invitation_claims',
    sa.Column('invitation_id', sa.Integer(), nullable=False),
    sa.Column('invitation_hash', sa.String(length=64), nullable=False),
    sa.Column('person_id', sa.Integer(), nullable=True),
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('token_hash', sa.String(length=64), nullable=False),
    sa.Column('browser_hash', sa.String(length=64), server_default='', nullable=False),
    sa.Column('created_at', hubsync.store.columns.UtcDateTime(), nullable=False),
    sa.Column('expires_at', hubsync.store.columns.UtcDateTime(), nullable=False),
    sa.Column('used_at', hubsync.store.columns.UtcDateTime(), nullable=True),
    sa.ForeignKeyConstraint(['invitation_id'], ['invitations.id'], name=op.f('fk_invitation_claims_invitation_id_invitations'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['person_id'], ['people.id'], name=op.f('fk_invitation_claims_person_id_people'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_invitation_claims')),
    sa.UniqueConstraint('token_hash', name=op.f('uq_invitation_claims_token_hash'))
    )
    with op.batch_alter_table('invitation_claims', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_invitation_claims_invitation_id'), ['invitation_id'], unique=False)

    with op.batch_alter_table('unconfirmed_identities', schema=None) as batch_op:
        batch_op.add_column(sa.Column('shown', sa.String(length=320), server_default='', nullable=False))


def downgrade():
    with op.batch_alter_table('unconfirmed_identities', schema=None) as batch_op:
        batch_op.drop_column('shown')

    with op.batch_alter_table('invitation_claims', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_invitation_claims_invitation_id'))

    op.drop_table('invitation_claims')
