# SPDX-License-Identifier: Apache-2.0
"""A small Keystone and Nova of our own, which can be told to go wrong in every way."""
import contextlib
import http.server
import json
import ssl
import threading
import time
import urllib.parse
import uuid

PASSWORD = 'correct horse'
SECRET = 'battery staple'


def instances(count):
    """(uuid, name) of as many instances, the same every time."""
    return [(str(uuid.uuid5(uuid.NAMESPACE_DNS, str(i))), f'tenant-FULL-{i % 20:02d}-x__CSR__{i}')
            for i in range(count)]


class Cloud:
    """Answers on loopback until it is closed. What it does wrong are its attributes."""

    def __init__(self, servers=(), certificate=None):
        self.servers = list(servers)
        self.page = 1000             # of Nova's own
        self.all_tenants = True      # allowed
        self.own = 1                 # that many are the project's own
        self.microversions = True    # 2.69 is known
        self.down = set()            # uuids of a cell that is down
        self.endpoints = [('public', 'RegionOne'), ('internal', 'RegionOne')]
        self.scoped = True           # the token has a catalogue
        self.uses_of_token = None    # it ends after so many pages
        self.keystone = None         # (status, body) instead of the real answer
        self.nova = {}               # page number -> (status, body)
        self.slow_s = 0
        self.questions = []          # (method, path, headers, body)
        self.tokens = {}             # token -> pages that it is still good for
        self.pages = 0
        self.looks = 0               # at single instances
        handler = type('Handler', (Handler,), {'cloud': self})
        self.httpd = http.server.ThreadingHTTPServer(('127.0.0.1', 0), handler)
        self.httpd.daemon_threads = True
        scheme = 'http'
        if certificate:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(certificate)
            self.httpd.socket = context.wrap_socket(self.httpd.socket, server_side=True)
            scheme = 'https'
        self.url = f'{scheme}://127.0.0.1:{self.httpd.server_address[1]}'
        self.thread = threading.Thread(target=self.httpd.serve_forever, daemon=True)
        self.thread.start()

    def close(self):
        self.httpd.shutdown()
        self.httpd.server_close()

    # ---- Keystone ----

    def knows(self, identity):
        """Whether these credentials are right."""
        method, = identity['methods']
        if method == 'password':
            user = identity['password']['user']
            return user.get('name') == 'admin' and user['password'] == PASSWORD and \
                user['domain'] in ({'name': 'Default'}, {'id': 'default'})
        if method == 'application_credential':
            return identity['application_credential'] == {'id': 'app-1', 'secret': SECRET}
        return identity['token']['id'] == 'given-token'

    def catalogue(self):
        endpoints = [{'interface': interface, 'region': region, 'region_id': region,
                      'url': f'{self.url}/compute/v2.1/'} for interface, region in self.endpoints]
        return [{'type': 'identity', 'endpoints': []}] + \
            ([{'type': 'compute', 'endpoints': endpoints}] if endpoints else [])

    def authenticate(self, question):
        if self.keystone:
            return *self.keystone, {}
        if not self.knows(question['auth']['identity']):
            if question['auth']['identity']['methods'] == ['token']:  # as Keystone does
                return 404, {'error': {'code': 404}}, {}
            return 401, {'error': {'code': 401, 'message': f'not {question}'}}, {}
        token = uuid.uuid4().hex
        self.tokens[token] = self.uses_of_token
        body = {'token': {'methods': ['password']}}
        if self.scoped:
            body['token']['catalog'] = self.catalogue()
        return 201, body, {'X-Subject-Token': token}

    # ---- Nova ----

    def is_good(self, token):
        if token not in self.tokens or self.tokens[token] == 0:
            return False
        if self.tokens[token]:
            self.tokens[token] -= 1
        return True

    def visible(self, query, new):
        # as Nova does: with these it is silent about cells that are down
        new = new and not query.keys() & {'limit', 'marker', 'host', 'sort_key'}
        servers = self.servers if 'all_tenants' in query else self.servers[:self.own]
        return [{'id': one, 'name': name} if one not in self.down else {'id': one}
                for one, name in servers if new or one not in self.down]

    def show(self, one):
        self.looks += 1
        if one in self.down:
            return 200, {'server': {'id': one, 'status': 'UNKNOWN'}}, {}
        name = dict(self.servers).get(one)
        return (200, {'server': {'id': one, 'name': name}}, {}) if name else (404, {}, {})

    def list(self, query, headers):
        self.pages += 1
        if self.pages in self.nova:
            return *self.nova[self.pages], {}
        if not self.is_good(headers.get('X-Auth-Token')):
            return 401, {'error': {'code': 401}}, {'WWW-Authenticate': 'Keystone uri="x"'}
        if 'all_tenants' in query and not self.all_tenants:
            return 403, {'forbidden': {'code': 403}}, {}
        new = headers.get('OpenStack-API-Version') == 'compute 2.69'
        if new and not self.microversions:
            return 406, {'computeFault': {'code': 406}}, {}
        servers = self.visible(query, new)
        begin = 0
        if 'marker' in query:
            begin = [one['id'] for one in servers].index(query['marker'][0]) + 1
        size = self.page
        body = {'servers': servers[begin:begin + size]}
        if begin + size < len(servers):
            # an address that leads nowhere, as behind a proxy: only the marker counts
            body['servers_links'] = [{'rel': 'next', 'href': 'http://controller:8774/servers'}]
        return 200, body, {}


class Handler(http.server.BaseHTTPRequestHandler):
    cloud = None

    def log_message(self, *_):
        pass

    def answer(self, status, body, headers):
        text = body if isinstance(body, bytes) else json.dumps(body).encode()
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header('Content-Length', str(len(text)))
        self.end_headers()
        with contextlib.suppress(BrokenPipeError):  # who asked has gone
            self.wfile.write(text)

    def note(self, body=''):
        self.cloud.questions.append((self.command, self.path, dict(self.headers), body))
        time.sleep(self.cloud.slow_s)

    def do_POST(self):
        text = self.rfile.read(int(self.headers['Content-Length'])).decode()
        self.note(text)
        if self.path != '/v3/auth/tokens':
            return self.answer(404, {'error': {'code': 404}}, {})
        return self.answer(*self.cloud.authenticate(json.loads(text)))

    def do_GET(self):
        self.note()
        parts = urllib.parse.urlsplit(self.path)
        if parts.path.startswith('/compute/v2.1/servers/'):
            return self.answer(*self.cloud.show(parts.path.split('/')[-1]))
        if parts.path != '/compute/v2.1/servers':
            return self.answer(404, {'itemNotFound': {'code': 404}}, {})
        return self.answer(*self.cloud.list(urllib.parse.parse_qs(parts.query), self.headers))
