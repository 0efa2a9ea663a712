"""the browser that asked for a sign-in link

Revision ID: browser_of_signin_link
Revises: 0004

"""
from alembic import op
import sqlalchemy as sa


# revision identifiers, used by Alembic.
revision = 'browser_of_signin_link'
down_revision = '0004'
branch_labels = None
depends_on = None


def upgrade():
    with op.batch_alter_table('signin_links', schema=None) as batch_op:
        batch_op.add_column(sa.Column('browser_hash', sa.String(length=64), server_default='', nullable=False))


def downgrade():
    with op.batch_alter_table('signin_links', schema=None) as batch_op:
        batch_op.drop_column('browser_hash')
