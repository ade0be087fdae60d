"""Serves scim2-server on a loopback port of the system's choosing and prints its base URL.

Standard input is the leash: when the process that started this one goes away, however it ends, the
pipe closes and the server stops with it.
"""

import argparse
import os
import secrets
import sys
import threading
from socketserver import ThreadingMixIn
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

from scim2_models import ScimProvider
from scim2_server.memory import InMemoryStorage
from scim2_server.service import ScimService
from scim2_server.testserver.application import BEARER_TOKEN_SCHEME, BearerTokenApplication
from scim2_server.utils import (
    load_default_resource_types,
    load_default_schemas,
    load_default_service_provider_config,
)


class Server(ThreadingMixIn, WSGIServer):
    daemon_threads = True
    # The standard library's backlog of 5 resets connections as soon as a client opens a few at once.
    request_queue_size = 128


class Quiet(WSGIRequestHandler):
    def log_message(self, *_):
        pass


def configuration(options):
    config = load_default_service_provider_config().model_dump()
    config["patch"]["supported"] = not options.no_patch
    config["authenticationSchemes"] = [BEARER_TOKEN_SCHEME.model_dump()]
    if options.cursor_only:
        config["pagination"] = {
            "cursor": True,
            "index": False,
            "defaultPaginationMethod": "cursor",
            "defaultPageSize": options.page,
            "maxPageSize": options.page,
        }
    else:
        config["filter"]["maxResults"] = options.page
    return type(load_default_service_provider_config()).model_validate(config)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--cursor-only", action="store_true", help="refuse paging by index")
    parser.add_argument("--no-patch", action="store_true", help="refuse PATCH")
    parser.add_argument("--page", type=int, default=100, help="the largest page")
    options = parser.parse_args()
    provider = ScimProvider.from_discovery(
        load_default_schemas().values(),
        load_default_resource_types().values(),
        config=configuration(options),
    )
    service = ScimService(provider, secret=secrets.token_urlsafe(32))
    application = BearerTokenApplication(
        InMemoryStorage(), provider, service=service, bearer_tokens=[os.environ["SCIM_TOKEN"]]
    )
    server = make_server("127.0.0.1", 0, application, server_class=Server, handler_class=Quiet)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    print(f"http://127.0.0.1:{server.server_port}/v2", flush=True)
    sys.stdin.read()


main()
