"""What pages tell search engines (schema.org in JSON-LD)."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from miit_graph.web.structured_data import render
from tests.web.linked_helpers import BASE, BROWSER, get

pytest_plugins = ("tests.web.linked_fixtures",)


def card(client, path):
    text = get(client, path, BROWSER).text
    assert text.count('<script type="application/ld+json">') == 1, path
    found = json.loads(text.split('<script type="application/ld+json">')[1].split("</script>")[0])
    assert found["@context"] == "https://schema.org"
    return found


def test_home_tells_of_the_site_and_the_dataset(shipped, published):
    site, dataset = card(shipped, "/")["@graph"]
    assert (site["@type"], dataset["@type"]) == ("WebSite", "Dataset")
    assert site["about"]["@id"] == dataset["@id"] == BASE + "void#dataset"
    assert dataset["version"] == published.version and dataset["license"].startswith("https://creativecommons.org/")
    assert {text["@language"] for text in dataset["name"]} == {"en", "zh"}
    for file in dataset["distribution"]:
        place = "/" + file["contentUrl"].split("/", 3)[3]
        assert get(shipped, place, method="HEAD").headers.get_content_type() == file["encodingFormat"]


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("miit", "GovernmentOrganization"),
        ("miao-wei", "Person"),
        ("caict", "Organization"),
        ("aff-beihang", "Thing"),
    ],
)
def test_entities_have_the_types_of_the_alignments(shipped, name, kind):
    found = card(shipped, f"/doc/{name}")
    assert found["@id"] == f"{BASE}id/{name}"
    assert kind in ([found["@type"]] if isinstance(found["@type"], str) else found["@type"])


@pytest.mark.parametrize("path", ["/query", "/dump/", "/problems", "/sparql?query=ASK{}", "/"])
def test_every_page_has_one(small, path):
    assert card(small, path)


def test_a_page_is_of_this_site(small):
    found = card(small, "/problems?lang=zh")
    assert (found["@type"], found["inLanguage"], found["isPartOf"]["@type"]) == ("WebPage", "zh", "WebSite")


def test_errors_are_not_for_search_engines(small):
    assert "ld+json" not in get(small, "/id/none", BROWSER).text


def test_it_is_data_not_script(small):
    """The policy allows no inline script; a data block is none, so it needs no exception."""
    policy = get(small, "/", BROWSER).headers["Content-Security-Policy"]
    assert "unsafe" not in policy and "script-src 'self'" in policy


@given(st.dictionaries(st.text(), st.text() | st.sampled_from(["</script>", "<!--", "]]>", "\u2028&amp;"])))
def test_nothing_in_it_ends_the_element(texts):
    text = render({"about": texts})
    assert not set("<>&\u2028\u2029") & set(text)
    assert json.loads(text)["about"] == texts
