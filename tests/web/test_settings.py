"""The settings: defaults, environment, and errors a person can act on."""

import pytest

from miit_graph.settings import SettingError, Settings


def test_defaults_need_no_environment():
    settings = Settings.from_environment({})
    assert settings == Settings()
    assert (settings.host, settings.port, settings.timeout) == ("127.0.0.1", 8000, 30)


def test_the_environment_overrides():
    settings = Settings.from_environment({"HOST": "::1", "PORT": " 9000 ", "MIIT_GRAPH_TIMEOUT": "2.5", "X": "y"})
    assert (settings.host, settings.port, settings.timeout) == ("::1", 9000, 2.5)
    assert Settings.from_environment({"PORT": ""}) == Settings()


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("PORT", "http"),
        ("PORT", "70000"),
        ("HOST", "my host"),
        ("MIIT_GRAPH_TIMEOUT", "nan"),
        ("MIIT_GRAPH_TIMEOUT", "-1"),
        ("MIIT_GRAPH_QUERY_BYTES", "1e6"),
        ("MIIT_GRAPH_NESTING", "1000"),
        ("MIIT_GRAPH_SERVICES", "http://a.example/sparql file:///etc/passwd"),
    ],
)
def test_a_bad_value_is_named_with_what_is_expected(variable, value):
    with pytest.raises(SettingError) as caught:
        Settings.from_environment({variable: value})
    assert f"{variable}={value!r}: expected " in str(caught.value)


def test_a_timeout_beyond_the_maximum():
    assert Settings.from_environment({"MIIT_GRAPH_TIMEOUT": "100"}).max_timeout == 100
    with pytest.raises(SettingError, match="MIIT_GRAPH_MAX_TIMEOUT"):
        Settings.from_environment({"MIIT_GRAPH_TIMEOUT": "100", "MIIT_GRAPH_MAX_TIMEOUT": "50"})


def test_every_setting_is_described():
    rows = Settings.described()
    assert {"HOST", "PORT", "MIIT_GRAPH_TIMEOUT"} <= {row["variable"] for row in rows}
    assert all(row["help"].endswith(".") and row["expected"] for row in rows)
