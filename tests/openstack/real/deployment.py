# SPDX-License-Identifier: Apache-2.0
"""A cloud with people and instances in it, made once for all tests and stopped at the end."""
import atexit
import json
import os
import signal
import sys
import traceback
import uuid

import helpers
from keystone_api import Keystone
from services import PASSWORD, Services, say

CELL_OF = {'node-1': 'cell1', 'node-2': 'cell2'}
COUNT = 12                 # instances of the project "ops", one of the project "web"
READER_PASSWORD = 'only looks'
OWN_PASSWORD = 'ops team'
VM_UUID = str(uuid.uuid5(uuid.NAMESPACE_DNS, 'ops-0'))


class Deployment:
    def __init__(self):
        folder = os.environ['OPENSTACK_FOLDER']
        self.services = Services(os.path.join(folder, 'state'), os.path.join(folder, 'nova-common'))
        atexit.register(self.close)
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
        self.neutron = helpers.neutron()
        self.services.neutron_url = self.neutron.url
        say('setting Keystone up')
        self.services.make_keystone()
        self.services.start_keystone()
        self.admin = Keystone(self.services.keystone_url, 'admin', PASSWORD, 'admin')
        say('setting Nova up')
        self.make_people()
        self.make_catalogue()
        self.services.make_nova()
        self.make_instances()
        self.services.start_nova()
        say(f'Keystone at {self.services.keystone_url}, Nova at {self.services.nova_url}')

    # ---- who is there ----

    def make_user(self, name, password, project, role):
        user = self.admin.make('user', name=name, password=password, domain_id='default')
        self.give_role(user['id'], project, role)
        return user['id']

    def give_role(self, user, project, role):
        role_id = self.admin.id_of('role', role)
        self.admin.call('PUT', f'/projects/{project}/users/{user}/roles/{role_id}')

    def make_people(self):
        self.projects = {name: self.admin.make('project', name=name, domain_id='default')['id']
                         for name in ('service', 'ops', 'web')}
        self.projects['admin'] = self.admin.id_of('project', 'admin')
        self.make_user('nova', self.services.nova_password, self.projects['service'], 'admin')
        self.reader = self.make_user('looker', READER_PASSWORD, self.projects['ops'], 'reader')
        self.make_user('idle', READER_PASSWORD, self.projects['web'], 'reader')
        reader = Keystone(self.services.keystone_url, 'looker', READER_PASSWORD, 'ops')
        self.reader_credential = self.make_credential(reader)
        self.admin_credential = self.make_credential(self.admin)

    @staticmethod
    def make_credential(keystone):
        return keystone.call('POST', f'/users/{keystone.user_id}/application_credentials',
                             {'application_credential': {'name': 'pftrace'}})['application_credential']

    def make_catalogue(self):
        self.compute = self.admin.make('service', name='nova', type='compute')['id']
        self.endpoints = {kind: self.make_endpoint(kind, 'RegionOne', self.services.nova_url)
                          for kind in ('public', 'internal')}

    def make_endpoint(self, kind, region, url):
        known = [one['id'] for one in self.admin.call('GET', '/regions')['regions']]
        if region not in known:
            self.admin.make('region', id=region)
        return self.admin.make('endpoint', service_id=self.compute, interface=kind,
                               region_id=region, url=url)['id']

    def remove_endpoint(self, endpoint):
        self.admin.call('DELETE', f'/endpoints/{endpoint}')

    # ---- what is there ----

    def make_instances(self):
        names = [('ops', f'tenant-FULL-{i:02d}-net__CSR__0', 'node-1' if i < 4 else 'node-2')
                 for i in range(COUNT)]
        names += [('web', 'web, "the first"', 'node-1')]
        counted = {'ops': 0, 'web': 0}
        self.instances = []  # (uuid, name, project, host)
        for project, name, host in names:
            one = str(uuid.uuid5(uuid.NAMESPACE_DNS, f'{project}-{counted[project]}'))
            counted[project] += 1
            self.instances.append((one, name, project, host))
        self.services.make_instances(json.dumps(
            [[one, name, self.projects[project], self.reader, host, CELL_OF[host]]
             for one, name, project, host in self.instances]))

    def rows(self, project=None, host=None):
        """What is to be listed: sorted (uuid, name)."""
        return sorted((one, name) for one, name, of, on in self.instances
                      if project in (None, of) and host in (None, on))

    # ---- who asks ----

    def variables(self, **more):
        """Those of the admin; None takes one away."""
        known = {'OS_AUTH_URL': self.services.keystone_url, 'OS_USERNAME': 'admin',
                 'OS_PASSWORD': PASSWORD, 'OS_USER_DOMAIN_NAME': 'Default',
                 'OS_PROJECT_NAME': 'admin', 'OS_PROJECT_DOMAIN_NAME': 'Default', **more}
        return {name: value for name, value in known.items() if value is not None}

    def secrets(self):
        return [PASSWORD, READER_PASSWORD, self.services.nova_password, self.admin.token,
                self.reader_credential['secret'], self.admin_credential['secret']]

    def close(self):
        self.services.close()
        self.neutron.close()


_made = []


def deployment():
    """The one, made when it is first asked for. Without it there is nothing to test."""
    if not _made:
        try:
            _made.append(Deployment())
        except Exception as error:  # unittest would go on and try again for each class
            traceback.print_exc()
            raise SystemExit('openstack: the cloud could not be set up') from error
    return _made[0]
