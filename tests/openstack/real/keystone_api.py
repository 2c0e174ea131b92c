# SPDX-License-Identifier: Apache-2.0
"""What the tests ask of Keystone themselves, with Python's own HTTP: a witness beside the program."""
import json
import urllib.error
import urllib.request


def ask(method, url, body=None, **headers):
    """(status, headers, body) of an answer, whatever it is."""
    data = json.dumps(body).encode() if body is not None else None
    request = urllib.request.Request(url, data=data, method=method, headers={
        'Content-Type': 'application/json',
        **{name.replace('_', '-'): value for name, value in headers.items()}})
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(request, timeout=60) as answer:
            return answer.status, answer.headers, json.loads(answer.read() or b'null')
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.headers, error.read()


class Keystone:
    """Asks as one user, with a token of one project."""

    def __init__(self, url, user, password, project):
        self.url = url
        domain = {'domain': {'name': 'Default'}}
        self.token = self.new_token(
            {'methods': ['password'], 'password': {'user': {'name': user, 'password': password,
                                                            **domain}}},
            {'project': {'name': project, **domain}})

    def new_token(self, identity, scope):
        status, headers, body = ask('POST', self.url + '/auth/tokens',
                                    {'auth': {'identity': identity, 'scope': scope}})
        if status != 201:
            raise RuntimeError(f'Keystone gives no token: {status} {body}')
        self.user_id = body['token']['user']['id']
        return headers['X-Subject-Token']

    def call(self, method, path, body=None, **headers):
        status, _, answer = ask(method, self.url + path, body, X_Auth_Token=self.token, **headers)
        if status >= 400:
            raise RuntimeError(f'{method} {path}: {status} {answer}')
        return answer

    def make(self, kind, **values):
        """Makes a project, a user, a service ...: what it is then."""
        return self.call('POST', f'/{kind}s', {kind: values})[kind]

    def id_of(self, kind, name):
        return self.call('GET', f'/{kind}s?name={name}')[f'{kind}s'][0]['id']

    def revoke(self, token):
        self.call('DELETE', '/auth/tokens', X_Subject_Token=token)
