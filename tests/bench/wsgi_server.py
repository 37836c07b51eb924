"""The product's commands under WSGI: Django's own server with a thread for each connection, which it keeps alive.

python -m tests.bench.wsgi_server PORT
"""

from __future__ import annotations

import gc
import os
import sys

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "diversion.settings")

from django.core.servers.basehttp import ThreadedWSGIServer, WSGIRequestHandler
from django.core.wsgi import get_wsgi_application


class Quiet(WSGIRequestHandler):
    """It writes no line for each request, as the product's server writes none, and sends at once."""

    # Head and body are two writes here, and the second would wait forty milliseconds for the first to be acknowledged.
    disable_nagle_algorithm = True

    def log_message(self, *_: object) -> None:
        pass


def main() -> None:
    server = ThreadedWSGIServer(("127.0.0.1", int(sys.argv[1])), Quiet)
    server.set_app(get_wsgi_application())
    # As diversion.serve does.
    gc.collect()
    gc.freeze()
    server.serve_forever()


if __name__ == "__main__":
    main()
