from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hubsync.domain.matching import company_keys, says_no_company
from hubsync.domain.no_company import words_by_language

TEMPLATES = [
    "@@guest_company@@", "##contact.company##", "$$company$$", "[% company %]", "[%name%]", "%{company}", "\\N",
    "#NV", "#N/D", "nullnull", "undefinedです", "[object HTMLInputElement]", "(not set)", "(blank)", "<null>",
    "[undefined]", "@@x@@ - {{y}}", "undefined", "Undefined", "[object Object]",
    "[object Object], [object Object]", "[object Undefined]", "{{company}}", "{{ contact.company }}",
    "{{{company}}}", "{{ company | default: \"\" }}", "{{first}} {{last}}", "{% if company %}", "{{",
    "{company}", "{guest.company}", "${company}", "#{company}", "@{company}", "{0}", "$(company)",
    "{!Account.Name}", "%COMPANY%", "%company_name%", "%%company%%", "%s", "%(company)s", "%1$s", "*|COMPANY|*",
    "<company>", "<%= company %>", "＜会社名＞", "｛｛会社名｝｝", "[[company]]", "[your-company]",
    "[Company Name]", "【会社名】", "__company__", "companyName", "null", "NULL", "NaN", "(null)", "null, null",
    "undefined undefined", "#N/A", "#REF!", "#VALUE!", "#NAME?", "&nbsp;", "{{company}} / none",
]  # fmt: skip
WORDS = [
    "個人事業主（屋号なし）", "フリーランス/個人", "匿名希望", "起業準備中です", "まだ決まっていません。",
    "個人での申し込みです", "不明です", "没有工作", "个人开发者", "프리랜서입니다.", "없음입니다",
    "개인(프리랜서)", "ich habe keine Firma", "privat / freiberuflich", "Selbstständige/r", "Je n'en ai pas",
    "profession libérale", "partita IVA", "не работаю", "none (individual)", "self-employed freelancer",
    "no company yet", "Currently not working", "N/A N/A", "NA/NA", "unknown", "TBD", "self",
    "None at the moment", "none yet", "n/a", "N/A.", "N / A", "n.a.", "N\\A", "N.A", "ｎ／ａ", "(none)",
    "“None”", "- none -", "none!", "none / n.a.", "N/A - private", "none, none", "Not applicable",
    "Private person", "private individual", "PRIVATE", "Freelancer", "free-lance", "self employed",
    "Self–Employed", "I'm self-employed", "I am a freelancer", "as an individual", "currently unemployed",
    "sole trader", "don’t have one", "I don't have a company", "to be decided", "prefer not to say",
    "individual / freelance", "none 😅", "不明", "個人事業主です", "個人です。", "個人 (フリーランス)",
    "個人（フリーランス）", "個人・フリーランス", "個人　フリーランス", "フリーランスの方", "個人の方",
    "個人様", "個人でございます", "個人になります", "個人としての参加", "なしです", "なし（個人）", "特に無し",
    "（該当なし）", "該当なしです。", "現在無職", "現在は無職です", "今のところなし", "会社はありません",
    "フリ－ランス", "ﾌﾘｰﾗﾝｽです", "無　職", "自営業", "未定です", "わかりません", "N/Aです", "専業主婦", "无",
    "没有", "没有公司", "目前没有", "个人", "我是个人", "自由职业者", "暂无", "不适用", "未知", "待业中",
    "个体户", "無", "沒有公司", "暫無", "自由工作者", "不適用", "個體戶", "없음", "없습니다", "해당없음",
    "해당 없음.", "프리랜서", "프리랜서입니다", "개인", "개인사업자입니다", "무직", "미정", "keine",
    "Keine Angabe", "k.A.", "Privat", "Privatperson", "Freiberufler", "Selbständig", "SELBSTÄNDIG",
    "arbeitslos", "als Privatperson", "keine Firma", "Nicht zutreffend", "unbekannt", "noch offen", "aucune",
    "Aucun", "néant", "sans société", "SANS SOCIETE", "particulier", "indépendant", "auto-entrepreneur",
    "aucune pour le moment", "s/o", "sans emploi", "je suis indépendante", "inconnu", "ninguna",
    "Ninguno por ahora", "no aplica", "autónomo", "AUTONOMO", "persona física", "desempleado", "desconocida",
    "nenhuma", "não", "NÃO TEM", "não se aplica", "nao se aplica", "pessoa física", "autônoma", "desempregado",
    "nessuna", "libero professionista", "privato", "disoccupata", "non applicabile", "sconosciuto", "niente",
    "geen", "n.v.t.", "zzp", "ZZP'er", "zelfstandige", "werkloos", "onbekend", "нет", "Нету", "Частное лицо",
    "физ. лицо", "физлицо", "самозанятый", "фрилансер", "безработный", "неизвестно", "не применимо", "ИП",
    "пока нет", "ingen", "privatperson", "Egenföretagare", "ikke aktuelt", "selvstendig", "ei ole",
    "yksityishenkilö", "työtön", "brak", "osoba prywatna", "nie dotyczy", "yok", "YOK", "şahıs", "İŞSİZ",
    "bireysel", "serbest meslek", "không", "Không có", "cá nhân", "tidak ada", "pribadi", "ไม่มี", "ไม่มีครับ",
    "บุคคลธรรมดา", "ฟรีแลนซ์", "žádná", "OSVČ", "nincs", "niciuna", "немає", "ФОП", "κανένα", "ΚΑΜΙΑ",
    "ιδιώτης", "لا يوجد", "אין", "नहीं",
]  # fmt: skip
NAMES = [
    "**Acme**", "__Acme__", "!!Sale!!", "@Acme@", "#1 Pizza", "##1 Pizza", "$$$ Store", "100%個人",
    "Blank Page", "Anonymous Content", "Empty Bottle", "NV Energy", "\\Nordic", "Me & Mine", "Solo", "Other",
    "その他", "会社員", "個人塾", "起業準備室", "学生", "学生です", "test", "Test", "Nothing", "Unknown Worlds",
    "Unknown Ltd", "None Such Ltd", "Nonesuch", "個人情報保護委員会", "なし園", "なし屋", "Private Equity GmbH",
    "Privat GmbH", "Privatbank", "Keine Sorgen AG", "Nil Desperandum", "TBD Media", "TBC", "NIC", "N&A", "A/N",
    "NA Ltd", "NaNa", "No. 1", "YÖK", "NÖ", "Nö", "株式会社無", "無印良品", "無限", "無人", "空",
    "フリーランス協会", "個人事業主協会", "不明堂", "未定食堂", "自由業組合", "Acme {{suffix}}", "{{x}} GmbH",
    "Acme <Tokyo>", "% Arabica", "100% Pure", "50% Off 20% More", "«Яндекс»", "「無印」", "Null Island",
    "Self Magazine", "Undefined Labs", "Individuell GmbH", "Freelance.com", "Nada Sushi", "没问题科技",
    "个人图书馆", "个人所得税", "없음컴퍼니", "개인정보보호위원회", "무인양품", "Aucune Idée SARL",
    "Nichts Neues", "Rien Ne Va Plus", "Ninguna Parte", "Brak Pomysłu", "Yok Ltd", "Нет проблем",
    "Privatklinik", "Personal Trainer Tokyo", "Company of Heroes", "Your Company Ltd", "Jane Null", "7",
    "O'Neill", "IT", "無添加", "ない藤", "Nonaka", "Nein Quarterly", "個人指導塾", "一般社団法人個人",
    "自営業支援センター", "Not Applicable Inc", "Private Company Limited", "Noone", "Nope LLC",
]  # fmt: skip


def in_many_forms(name: str) -> list[str]:
    """*name* as people and programs write it too; none of it changes what is meant."""
    wide = "".join(chr(ord(sign) + 0xFEE0) if "!" <= sign <= "~" else sign for sign in name)
    return [
        name, f"  {name}\u3000", f"{name}.", f"{name}。", f"\u200b{name}\ufeff", name.replace(" ", "  "),
        name.replace(" ", "\u00a0"), wide, f"（{name}）", f'"{name}"', f"「{name}」", f"- {name} -", f"{name}\n",
    ]  # fmt: skip


@pytest.mark.parametrize("name", [*TEMPLATES, *WORDS])
def test_words_for_no_company_are_no_name_in_any_form(name):
    assert [form for form in in_many_forms(name) if not says_no_company(form)] == []
    if not re.search(r"[ßıİ]", name):
        assert says_no_company(name.upper())
        assert says_no_company(name.lower())


@pytest.mark.parametrize("name", NAMES)
def test_names_with_such_words_in_them_stay_names_in_every_form(name):
    assert [form for form in in_many_forms(name) if says_no_company(form)] == []
    assert company_keys({"name": name}).name


def test_every_word_of_the_list_says_so_by_itself_and_those_around_it_do_not():
    words, around = set(), set()
    for _, listed, only_around in words_by_language():
        (around if only_around else words).update(listed)
    assert len(words) > 1_000
    assert [word for word in words if not says_no_company(word)] == []
    assert [word for word in around - words if says_no_company(word)] == []


@pytest.mark.parametrize("joint", [" ", "/", " / ", ", ", "、", "・", " - ", " (", "; ", "|", "\u3000"])
def test_such_words_joined_are_no_name_and_with_another_word_they_are_one(joint):
    for one, other in (
        ("none", "n/a"),
        ("個人", "フリーランス"),
        ("Privat", "keine Firma"),
        ("无", "없음"),
        ("{{x}}", "null"),
    ):
        assert says_no_company(f"{one}{joint}{other}")
        assert not says_no_company(f"{one}{joint}Acme")
        assert not says_no_company(f"山田{joint}{other}")


@given(st.text(max_size=30), st.sampled_from(["Acme", "アクメ商会", "Акме", "아크메", "艾克姆"]))
def test_a_name_with_a_word_that_is_not_listed_stays_one(text, name):
    plain = re.sub(r"[<>{}%$#@*()&\[\]]", "", text)
    assert not says_no_company(f"{plain} {name}")


@given(st.text())
def test_what_is_asked_twice_is_answered_alike(text):
    assert says_no_company(text) is says_no_company(f" {text} ")


NOTHING_LEFT = ("{{", "<", "$(", "-", "ー", "%", "{%")


@pytest.mark.parametrize("part", ["none ", "無", "n/", "%a", "[object ", "*|a", *NOTHING_LEFT])
def test_what_is_longer_than_anybody_says_it_is_a_name_unless_it_is_all_signs(part):
    long = part * (65_536 // len(part))
    assert says_no_company(long) is (part in NOTHING_LEFT)
    assert not says_no_company(f"{long} Acme")
