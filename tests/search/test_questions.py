"""What people type, and what they mean: the first hit for each question to the shipped graph."""

import pytest

WHOLE_NAMES = {
    "工业和信息化部": "miit",
    "中华人民共和国工业和信息化部": "miit",
    "Ministry of Industry and Information Technology": "miit",
    "国家航天局": "plate-cnsa",
    "中国信息通信研究院": "caict",
    "网络安全管理局": "office-cybersecurity",
    "State Council": "state-council",
    "国务院": "state-council",
    "苗圩": "miao-wei",
    "Miao Wei": "miao-wei",
    "li lecheng": "li-lecheng",
    "哈尔滨工业大学": "hit",
    "个人信息保护法": "law-pipl",
    "Made in China 2025": "mic2025",
    "中国制造2025": "mic2025",
    "千人计划": "thousand-talents",
}
PARTS = {
    "national space": "plate-cnsa",
    "Lecheng": "li-lecheng",
    "陕西": "region-cn-sn",
    "山西": "region-cn-sx",
    "人才交流": "unit-talent-exchange",
    "村村通": "prog-every-village",
    "军民结合": "office-civil-military",
    "党组书记": "post-party-secretary",
    "副部长": "post-vice-minister",
    "cyber bureau": "office-cybersecurity",
    "hubei communications": "ca-hubei",
    "Personal Information Prot": "law-pipl",
    "稀土": "sec-rare-earths",
    "无线电": "office-radio",
    "工信": "miit",
    "部": "miit",
}
ABBREVIATIONS = {
    "MIIT": "miit",
    "工信部": "miit",
    "CAICT": "caict",
    "信通院": "caict",
    "CNSA": "plate-cnsa",
    "caea": "plate-caea",
    "PIPL": "law-pipl",
    "SAMR": "samr",
    "市场监管总局": "samr",
    "发改委": "ndrc",
    "北航": "beihang",
    "哈工大": "hit",
    "烟草局": "stma",
    "WHO": "who",
    "国标": "guobiao",
    "5G": "tech-5g",
}
PINYIN = {
    "gongyehexinxihuabu": "miit",
    "gong ye he xin xi hua bu": "miit",
    "gongxinbu": "miit",
    "gxb": "miit",
    "hangtianju": "plate-cnsa",
    "yuanzineng": "plate-caea",
    "guowuyuan": "state-council",
    "miaowei": "miao-wei",
    "gerenxinxi": "law-pipl",
    "yancao": "sec-tobacco",
    "xitu": "sec-rare-earths",
    "chongqing": "region-cn-cq",
    "gōngxìnbù": "miit",
}
AS_PRINTED = {
    "Internet Safety Management Bureau": "office-cybersecurity",
    "Radio and EMS Management Bureau": "office-radio",
    "Medium and Small Enterprises Bureau": "office-sme",
    "结合推进司": "office-civil-military",
    "State Radio Regulation of China": "unit-radio-monitoring",
    "National Heavy Machinery Office": "plate-major-equipment-office",
    "Xinjiang Autonomous Region": "region-cn-xj",
}
WRITTEN_OTHERWISE = {
    "國家航天局": "plate-cnsa",
    "中國信息通信研究院": "caict",
    "ＭＩＩＴ": "miit",
    "  miit  ": "miit",
    "中国制造２０２５": "mic2025",
    "国家履行〈禁止化学武器公约〉工作办公室": "plate-chemical-weapons-office",
    "state-council": "state-council",
    "Míng": None,
}
MIXED = {
    "CAICT研究院": "caict",
    "caict 研究院": "caict",
    "MIIT 部": "miit",
    "苗圩 miao": "miao-wei",
    "烟草 tobacco": "sec-tobacco",
}
MISSPELT = {
    "minstry of finance": "mof",
    "tobbaco": "sec-tobacco",
    "telecomunications": "sec-telecommunications",
    "Guobioa": "guobiao",
    "beihnag": "beihang",
}
TABLE = WHOLE_NAMES | PARTS | ABBREVIATIONS | PINYIN | AS_PRINTED | WRITTEN_OTHERWISE | MIXED | MISSPELT


@pytest.mark.parametrize(("question", "expected"), TABLE.items(), ids=TABLE)
def test_the_best_hit_is_what_was_meant(first, question, expected):
    if expected is not None:
        assert first(question) == expected


def found(answer):
    return {hit["iri"].rsplit("/", 1)[-1] for hit in answer["hits"]}


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("信息", {"mii", "office-info-comm-admin", "office-it-development"}),
        ("局", {"stma", "office-radio", "office-cybersecurity"}),
        ("司", {"office-finance", "office-planning"}),
        ("xinxi", {"mii", "office-info-comm-admin"}),
        ("通信管理局", {"office-info-comm-admin", "ca-beijing", "ca-anhui"}),
    ],
)
def test_one_and_two_characters_find_all_that_have_them(ask, question, expected):
    assert expected <= found(ask(question, limit=100))


def test_whole_names_come_before_parts_and_things_before_facts_about_them(ask):
    hits = ask("烟草", limit=100)["hits"]
    assert [hit["score"] for hit in hits] == sorted((hit["score"] for hit in hits), reverse=True)
    assert hits[0]["match"]["how"] == "exact"
    kinds = [hit["kind"]["iri"].rsplit("#")[-1] for hit in hits]
    assert kinds.index("Affiliation") > kinds.index("ManagedNationalBureau")
    assert kinds[-1] in ("Derivation", "Citation", "NameUse")


@pytest.mark.parametrize("thing", ["caict", "miit", "office-cybersecurity", "plate-cnsa", "miao-wei"])
def test_every_name_of_a_thing_finds_it(ask, app, thing):
    query = f"""SELECT DISTINCT ?n {{ {{ d:{thing} skos:prefLabel|skos:altLabel|m:formalName ?n }}
        UNION {{ ?u m:nameOf d:{thing} ; m:nameText ?n }} }}"""
    rows = app.test_client().get("/sparql", query_string={"query": query, "format": "json"}).json["results"]["bindings"]
    names = [row["n"]["value"] for row in rows]
    assert names
    for name in names:
        assert thing in found(ask(name)), name


def test_a_misspelt_word_says_what_was_looked_for_instead(ask):
    answer = ask("infomation")
    assert answer["corrected"] == "information" and answer["total"]
    assert "corrected" not in ask("information")


def test_nothing_found_leads_on(ask):
    near = ask("国际空间站")
    assert (near["total"], near["hits"]) == (0, []) and any("国际" in text for text in near["near"])
    assert ask(near["near"][0])["total"]
    assert "corrected" not in ask("xqzv")
