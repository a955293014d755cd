"""The process that Atheris runs in: ``python -m tests.fuzz.child TARGET LIBFUZZER-OPTION…``; see __main__.py."""

import sys

import atheris

_MODULES = ("engine.lexer", "engine.gate", "engine.update_gate", "engine.federation", "web.negotiation")
with atheris.instrument_imports(include=[f"miit_graph.{name}" for name in (*_MODULES, "web.compression")]):
    from tests.fuzz.targets import TARGETS


def main() -> None:
    """Fuzz one target until libFuzzer ends this process."""
    judge = TARGETS[sys.argv.pop(1)]

    def once(data: bytes) -> None:
        # Undecodable bytes become halves of surrogate pairs, which a text of a program's own may hold too.
        judge(data.decode(errors="surrogateescape"))

    atheris.enabled_hooks.add("RegEx")
    atheris.Setup(sys.argv, once)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
