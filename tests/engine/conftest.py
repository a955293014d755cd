"""Endpoints that are allowed and one that is not, and the engines that ask them: for the tests of SERVICE."""

import pyoxigraph as ox
import pytest

from miit_graph.engine.local import LocalEngine
from miit_graph.engine.process import AVAILABLE
from miit_graph.engine.process.client import ProcessEngine
from miit_graph.engine.process.host import EngineHost
from tests.engine.endpoints import endpoint
from tests.engine.federated import HERE, THERE


@pytest.fixture(scope="module")
def there():
    with endpoint(THERE) as found:
        yield found


@pytest.fixture(scope="module")
def other():
    with endpoint('<http://d/x1> <http://d/label> "other" .') as found:
        yield found


@pytest.fixture(scope="module")
def forbidden():
    """A server that nobody may ever connect to."""
    with endpoint(THERE) as found:
        yield found
        assert found.connections == 0


@pytest.fixture(
    scope="module", params=["local", pytest.param("process", marks=pytest.mark.skipif(not AVAILABLE, reason="Linux"))]
)
def engine(request, tmp_path_factory):
    if request.param == "local":
        store = ox.Store()
        store.load(HERE.encode(), format=ox.RdfFormat.TRIG)
        yield LocalEngine(store, "v1", prefixes={"ex": "http://d/"})
        return
    data = tmp_path_factory.mktemp("here") / "data.trig"
    data.write_text(HERE, encoding="utf-8")
    with EngineHost({"MIIT_GRAPH_DATA": str(data)}) as host:
        yield ProcessEngine(host.path)
