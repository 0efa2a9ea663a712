"""Words of the pages on the way to Connect, in the language that the browser asks for: English or Japanese.

The others, which are for whoever tries the stand-in out, are in English. The Japanese words are those of HubSpot's
own screens.
"""

from __future__ import annotations

from flask import Flask, g, request
from markupsafe import Markup

ENGLISH, JAPANESE = "en", "ja"
TRANSLATED = frozenset({"sign_in", "oauth_accounts", "oauth_consent"})
"""Templates whose sentences are all among the `SENTENCES`."""
SENTENCES = {
    "HubSpot sandbox": "HubSpotサンドボックス",
    "not HubSpot": "HubSpotではありません",
    "Skip to the page": "本文へ移動",
    "A stand-in for HubSpot on this machine, for trying HubSync out. Nothing here reaches HubSpot.": (
        "HubSyncを試すための、このコンピューター上のHubSpotの代役です。ここでの操作はHubSpotには届きません。"
    ),
    "Sign in": "ログイン",
    "Any e-mail address will do; there is no password.": "どのメールアドレスでも使えます。パスワードは不要です。",
    "E-mail": "メールアドレス",
    "Sign in to the sandbox": "サンドボックスにログイン",
    "Choose an account": "アカウントを選択",
    "%(app)s will be connected to it.": "%(app)sを接続するアカウントを選んでください。",
    "There is no such account; choose one of these.": "このアカウントはありません。次の中から選んでください。",
    "Account": "アカウント",
    "Choose account": "アカウントを選択",
    "Connect %(app)s": "%(app)sを接続",
    "Connect %(app)s to %(account)s?": "%(app)sを%(account)sに接続しますか？",
    "Account %(id)s · signed in as %(user)s": "アカウント%(id)s・%(user)sとしてログイン中",
    "%(app)s will be able to": "%(app)sに許可する操作",
    "Afterwards you go back to %(host)s. You can uninstall the app at any time under Connected apps.": (
        "接続後は%(host)sに戻ります。アプリは「接続済みアプリ」からいつでもアンインストールできます。"
    ),
    "Connect app": "アプリを接続",
    "Cancel": "キャンセル",
    "Sign in as somebody else": "別のユーザーとしてログイン",
    "Know which account it is connected to": "接続先のアカウントを確認する",
    "See contacts": "コンタクトを表示する",
    "Create, change and archive contacts": "コンタクトを作成、変更、アーカイブする",
    "See companies": "会社を表示する",
    "Create, change and archive companies": "会社を作成、変更、アーカイブする",
    "See users whom records can belong to": "レコードの担当者になるユーザーを表示する",
    "See the properties contacts have": "コンタクトのプロパティを表示する",
    "Create and change properties of contacts": "コンタクトのプロパティを作成、変更する",
    "See the properties companies have": "会社のプロパティを表示する",
    "Create and change properties of companies": "会社のプロパティを作成、変更する",
}


def register(app: Flask) -> None:
    """Let the templates of *app* say their sentences by ``_()``."""
    app.jinja_env.globals.update(_=say, language=language)


def choose_language(template: str) -> None:
    """Find the language of the page that *template* makes."""
    wanted = request.accept_languages.best_match([ENGLISH, JAPANESE], default=ENGLISH)
    g.sandbox_language = wanted if template in TRANSLATED else ENGLISH


def language() -> str:
    """The language of the page."""
    return str(g.get("sandbox_language", ENGLISH))


def say(sentence: str, **values: object) -> str:
    """The *sentence* in the language of the page, with its *values*; one that is not translated stays."""
    words = SENTENCES.get(sentence, sentence) if language() == JAPANESE else sentence
    if any(hasattr(each, "__html__") for each in values.values()):
        return Markup(words) % values  # noqa: S704  # a sentence of ours, which escapes what is not marked
    return words % values if values else words
