"""An engine in processes of its own, so that no query can hurt anybody.

As PostgreSQL does it: one *engine process* (`server`) loads the graph into memory and forks a *worker* (`worker`) for
every connection; a forked worker shares that memory. A worker runs one query at a time under limits that the
kernel enforces: time (a timer whose signal ends the process), memory, no new sockets. Whatever a query does, only its
worker dies, and the engine process tells the other side why. Web processes talk to workers through a pool
(`client`) over the packets of `packets`; `host` starts the engine process and starts it again when it dies.

Linux only (packet sockets, signals to orphans, /proc); elsewhere `miit_graph.engine.local` has to do.
"""

import sys

AVAILABLE = sys.platform == "linux"
"""Whether this machine can run the engine in processes of its own."""
