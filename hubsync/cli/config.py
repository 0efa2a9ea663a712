"""`flask config`: every setting, what counts, where it comes from and what it means."""

from __future__ import annotations

import sys

import click

from hubsync.config.environment import IN_FILE, PREFIX, SettingsRefused, list_unknown, read_settings
from hubsync.config.overview import ShownSetting, default_text, is_secret, list_settings


@click.command("config")
@click.option("--markdown", is_flag=True, help="Print docs/SETTINGS.md, whatever is set.")
def config(markdown: bool) -> None:
    """Print every setting, its source and what it means; secrets are left out. Exit 1 when some are wrong."""
    if markdown:
        click.echo(_guide(list_settings({})), nl=False)
        return
    group = ""
    for each in list_settings():
        if each.group != group:
            click.echo(f"{chr(10) if group else ''}# {each.group}")
            group = each.group
        click.echo(f"{each.name}={each.shown}" if each.shown else f"{each.name} is not set")
        click.echo(f"    {each.origin.value}: {each.means}")
    for name in list_unknown():
        click.echo(f"??  {name} is set, and no setting is called so.", err=True)
    try:
        read_settings()
    except SettingsRefused as refused:
        for problem in refused.problems:
            click.echo(f"!!  {problem}", err=True)
        sys.exit(1)


def _guide(settings: list[ShownSetting]) -> str:
    lines = [
        "# Settings",
        "",
        "What HubSync reads of the environment, once, when it starts. `flask config` prints what counts in an",
        "installation and where it comes from; `flask check` says whether it works. Wrong settings are told all",
        "at once, and nothing starts.",
        "",
        f"Each can be put into a file instead, as containers hand secrets over: `{PREFIX}…{IN_FILE}` is the",
        "path of a file that holds the value. An empty value counts as not set. Switches are `on` or `off`.",
        "",
        "This page is made by `flask config --markdown`.",
    ]
    group = ""
    for each in settings:
        if each.group != group:
            lines += ["", f"## {each.group}", "", "| setting | default | what it means |", "| --- | --- | --- |"]
            group = each.group
        default = default_text(each.name.removeprefix(PREFIX))
        secret = " It is a secret." if is_secret(each.name.removeprefix(PREFIX)) else ""
        shown = f"`{default}`" if default else ""
        lines.append(f"| `{each.name}` | {shown} | {each.means}.{secret} |")
    return "\n".join(lines) + "\n"
