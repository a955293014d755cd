"""The application of these tests behind the front of `miit-graph serve`; granian starts it in another process."""

from miit_graph.engine.process.client import ProcessEngine
from miit_graph.settings import Settings
from miit_graph.web import create_app
from miit_graph.web.wsgi import behind_front
from tests.web.conftest import ABOUT, SETTINGS


def front():
    engine = ProcessEngine(Settings.from_environment().engine_socket)
    return behind_front(create_app(SETTINGS, engine, ABOUT), SETTINGS)
