# SPDX-License-Identifier: Apache-2.0
"""Small servers beside the real ones: a Neutron without ports, and a proxy that looks in between."""
import http.server
import json
import threading
import urllib.error
import urllib.request


class Server:
    """Answers GET by a function (path, headers) -> (status, body) on a free port of loopback."""

    def __init__(self, answer):
        class Handler(http.server.BaseHTTPRequestHandler):
            def log_message(self, *_):
                pass

            def do_GET(self):
                status, body = answer(self.path, self.headers)
                self.send_response(status)
                self.send_header('Content-Type', 'application/json')
                self.send_header('Content-Length', str(len(body)))
                self.end_headers()
                self.wfile.write(body)

        self.httpd = http.server.ThreadingHTTPServer(('127.0.0.1', 0), Handler)
        self.httpd.daemon_threads = True
        self.url = f'http://127.0.0.1:{self.httpd.server_address[1]}'
        threading.Thread(target=self.httpd.serve_forever, daemon=True).start()

    def close(self):
        self.httpd.shutdown()
        self.httpd.server_close()


def neutron():
    """Nova asks it for the ports of the instances that it lists, and fails without an answer."""
    return Server(lambda path, headers: (200, json.dumps({'ports': []}).encode()))


class Proxy(Server):
    """Hands questions on to a real server; `before(number, token)` is called ahead of each page."""

    PASSED_ON = ('X-Auth-Token', 'OpenStack-API-Version', 'X-OpenStack-Nova-API-Version', 'Accept')

    def __init__(self, to, before):
        self.to = to
        self.before = before
        self.seen = []  # (path, status)
        super().__init__(self.forward)

    def forward(self, path, headers):
        self.before(len(self.seen) + 1, headers['X-Auth-Token'])
        request = urllib.request.Request(self.to + path, headers={
            name: headers[name] for name in self.PASSED_ON if name in headers})
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        try:
            with opener.open(request, timeout=60) as answer:
                status, body = answer.status, answer.read()
        except urllib.error.HTTPError as error:
            with error:
                status, body = error.code, error.read()
        self.seen.append((path, status))
        return status, body
