"""SERVICE (SPARQL 1.1 Federated Query), to endpoints that whoever runs the server has named.

What a SERVICE clause asks is fetched before the query runs, by this program (`remote`), and put in the place of the
clause as inline data (`inline`). So the processes that run queries never open a connection, and the engine's own HTTP
client (which knows neither a deadline nor an end of what it reads) is never used. `clauses` reads the clauses
from the tokens of the query, `allowed` decides about their endpoints, `plan` puts all of it together.
"""
