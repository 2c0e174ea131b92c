# SPDX-License-Identifier: Apache-2.0
"""
Debian's own Keystone and Nova API on loopback, below one folder: configuration, databases (SQLite) and
processes. No message broker, no compute node: instances are rows, which is all that a listing needs.
"""
import contextlib
import os
import pathlib
import shutil
import socket
import sqlite3
import subprocess
import sys
import time
import urllib.error
import urllib.request

PYTHON = '/usr/bin/python3'  # Debian's, which has Debian's modules
PASSWORD = 'boot strap'      # of the cloud's admin
CELLS = ('cell1', 'cell2')

KEYSTONE_CONF = """[DEFAULT]
log_file = {folder}/keystone.log
[database]
connection = sqlite:///{folder}/keystone.db
[token]
provider = fernet
expiration = {expiration_s}
[fernet_tokens]
key_repository = {folder}/fernet
[fernet_receipts]
key_repository = {folder}/receipts
[credential]
key_repository = {folder}/credential
[oslo_messaging_notifications]
driver = noop
"""

NOVA_CONF = """[DEFAULT]
log_file = {folder}/nova.log
transport_url = fake:/
state_path = {folder}/nova
[api]
auth_strategy = keystone
max_limit = {page}
[api_database]
connection = sqlite:///{folder}/nova_api.db
[database]
connection = sqlite:///{folder}/nova_cell0.db
[oslo_policy]
enforce_scope = {enforce_scope}
[oslo_concurrency]
lock_path = {folder}/locks
[oslo_messaging_notifications]
driver = noop
[keystone_authtoken]
www_authenticate_uri = {keystone}
auth_url = {keystone}
auth_type = password
username = nova
password = {nova_password}
user_domain_name = Default
project_name = service
project_domain_name = Default
token_cache_time = -1
[neutron]
endpoint_override = {neutron}
auth_url = {keystone}
auth_type = password
username = nova
password = {nova_password}
user_domain_name = Default
project_name = service
project_domain_name = Default
"""


def free_port():
    with socket.socket() as one:
        one.bind(('127.0.0.1', 0))
        return one.getsockname()[1]


def environment(**more):
    """Ours without what points programs elsewhere: a proxy, another Python, another cloud."""
    kept = {name: value for name, value in os.environ.items()
            if not name.startswith(('OS_', 'PYTHON', 'REQUESTS_')) and 'proxy' not in name.lower()}
    return {**kept, 'PYTHONDONTWRITEBYTECODE': '1', **more}


def use_wal(path):
    """Else "database is locked" where two processes write."""
    base = sqlite3.connect(path)
    base.execute('PRAGMA journal_mode=WAL')
    base.close()


class Services:
    """Everything is stopped by close(), by its process id."""

    def __init__(self, folder, nova_common):
        """`nova_common`: the folder that Debian's package of this name is unpacked to."""
        self.folder = pathlib.Path(folder).resolve()
        self.nova_common = pathlib.Path(nova_common).resolve()
        self.keystone_port, self.nova_port = free_port(), free_port()
        self.keystone_url = f'http://127.0.0.1:{self.keystone_port}/v3'
        self.nova_url = f'http://127.0.0.1:{self.nova_port}/v2.1'
        self.nova_password = 'nova itself'
        self.neutron_url = None
        self.processes = {}
        shutil.rmtree(self.folder, ignore_errors=True)
        for part in ('', 'fernet', 'receipts', 'credential', 'locks', 'nova', 'nova-etc'):
            (self.folder / part).mkdir(mode=0o700, parents=True, exist_ok=True)

    # ---- one program after the other ----

    def run(self, *words, given=None):
        name = pathlib.Path(words[0]).name
        with open(self.folder / 'setup.log', 'a', encoding='utf-8') as log:
            print('#', *words[:4], file=log, flush=True)
            done = subprocess.run([PYTHON, *map(str, words)], input=given, text=True, stdout=log,
                                  stderr=log, env=environment(), timeout=500, check=False)
        if done.returncode:
            raise RuntimeError(f'{name} failed ({done.returncode}): {self.folder}/setup.log tells why')

    def keystone_manage(self, *words):
        self.run('/usr/bin/keystone-manage', '--config-file', self.folder / 'keystone.conf', *words)

    def nova_manage(self, *words):
        self.run(self.nova_common / 'usr/bin/nova-manage', '--config-file',
                 self.folder / 'nova-etc/nova.conf', *words)

    # ---- Keystone ----

    def configure_keystone(self, expiration_s=3600):
        (self.folder / 'keystone.conf').write_text(KEYSTONE_CONF.format(
            folder=self.folder, expiration_s=expiration_s))

    def make_keystone(self):
        self.configure_keystone()
        self.keystone_manage('db_sync')
        use_wal(self.folder / 'keystone.db')
        owner = ('--keystone-user', 'root', '--keystone-group', 'root')
        self.keystone_manage('fernet_setup', *owner)
        self.keystone_manage('credential_setup', *owner)
        urls = [word for kind in ('public', 'internal', 'admin')
                for word in (f'--bootstrap-{kind}-url', self.keystone_url)]
        self.keystone_manage('bootstrap', '--bootstrap-password', PASSWORD, *urls,
                             '--bootstrap-region-id', 'RegionOne')

    def start_keystone(self):
        self.start('keystone', '/usr/bin/keystone-wsgi-public', self.keystone_port,
                   OS_KEYSTONE_CONFIG_FILES=str(self.folder / 'keystone.conf'))

    # ---- Nova ----

    def configure_nova(self, page=1000, enforce_scope=False):
        (self.folder / 'nova-etc/nova.conf').write_text(NOVA_CONF.format(
            folder=self.folder, page=page, keystone=self.keystone_url, neutron=self.neutron_url,
            nova_password=self.nova_password, enforce_scope=enforce_scope))

    def make_nova(self):
        self.configure_nova()
        shutil.copy(self.nova_common / 'usr/share/nova-common/api-paste.ini', self.folder / 'nova-etc')
        self.nova_manage('api_db', 'sync')
        self.nova_manage('cell_v2', 'map_cell0', '--database_connection',
                         f'sqlite:///{self.folder}/nova_cell0.db')
        self.nova_manage('db', 'sync')
        for cell in CELLS:
            shutil.copy(self.folder / 'nova_cell0.db', self.folder / f'nova_{cell}.db')
            self.nova_manage('cell_v2', 'create_cell', '--name', cell, '--database_connection',
                             f'sqlite:///{self.folder}/nova_{cell}.db', '--transport-url',
                             f'fake://{cell}/')
        for name in ('api', 'cell0', *CELLS):
            use_wal(self.folder / f'nova_{name}.db')

    def make_instances(self, rows):
        """`rows`: JSON, as fill_nova.py reads it."""
        self.run(pathlib.Path(__file__).with_name('fill_nova.py'),
                 self.folder / 'nova-etc/nova.conf', given=rows)

    def start_nova(self):
        self.start('nova', self.nova_common / 'usr/bin/nova-api-wsgi', self.nova_port,
                   OS_NOVA_CONFIG_DIR=str(self.folder / 'nova-etc'))

    @contextlib.contextmanager
    def cell_down(self, cell):
        """Its database is away: SQLite opens a folder as little as a server that is not there."""
        files = [self.folder / f'nova_{cell}.db{tail}' for tail in ('', '-wal', '-shm')]
        there = [file for file in files if file.exists()]
        for file in there:
            file.rename(f'{file}.away')
        files[0].mkdir()
        try:
            yield
        finally:
            files[0].rmdir()
            for file in there:
                pathlib.Path(f'{file}.away').rename(file)

    # ---- processes ----

    def start(self, name, program, port, **variables):
        with open(self.folder / f'{name}.out', 'a', encoding='utf-8') as log:
            self.processes[name] = subprocess.Popen(
                [PYTHON, str(program), '-b', '127.0.0.1', '-p', str(port)],
                stdin=subprocess.DEVNULL, stdout=log, stderr=log, env=environment(**variables))
        self.wait_for(name, port)

    def wait_for(self, name, port):
        for _ in range(1200):
            if self.processes[name].poll() is not None:
                break
            try:
                urllib.request.build_opener(urllib.request.ProxyHandler({})).open(
                    f'http://127.0.0.1:{port}/', timeout=60).close()
                return
            except urllib.error.HTTPError as error:
                error.close()
                return  # it speaks
            except OSError:
                time.sleep(0.1)
        raise RuntimeError(f'{name} does not come up: {self.folder}/{name}.out and .log tell why')

    def stop(self, name):
        process = self.processes.pop(name, None)
        if not process:
            return
        process.terminate()
        try:
            process.wait(timeout=20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()

    def restart_keystone(self, **settings):
        self.stop('keystone')
        self.configure_keystone(**settings)
        self.start_keystone()

    def restart_nova(self, **settings):
        self.stop('nova')
        self.configure_nova(**settings)
        self.start_nova()

    def close(self):
        for name in list(self.processes):
            self.stop(name)


def say(text):
    print(f'openstack: {text}', file=sys.stderr, flush=True)
