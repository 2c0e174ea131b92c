# SPDX-License-Identifier: Apache-2.0
"""All ways to say who asks, and what a real Keystone and Nova answer to each."""
import unittest

from asking import Asking
from deployment import READER_PASSWORD
from services import PASSWORD

OPENRC = """#!/usr/bin/env bash
export OS_AUTH_URL={url}
export OS_PROJECT_NAME="admin"
export OS_USER_DOMAIN_NAME="Default"
if [ -z "$OS_USER_DOMAIN_NAME" ]; then unset OS_USER_DOMAIN_NAME; fi
export OS_PROJECT_DOMAIN_ID="default"
export OS_USERNAME="admin"
export OS_PASSWORD='{password}'
export OS_REGION_NAME="RegionOne"
export OS_INTERFACE=public
export OS_IDENTITY_API_VERSION=3
"""


class WhoAsks(Asking):
    def credential(self, credential, **more):
        return {'OS_AUTH_URL': self.cloud.services.keystone_url,
                'OS_AUTH_TYPE': 'v3applicationcredential',
                'OS_APPLICATION_CREDENTIAL_ID': credential['id'],
                'OS_APPLICATION_CREDENTIAL_SECRET': credential['secret'], **more}

    def reader(self, **more):
        return self.cloud.variables(OS_USERNAME='looker', OS_PASSWORD=READER_PASSWORD,
                                    OS_PROJECT_NAME='ops', **more)

    def test_a_password_and_a_project(self):
        self.expect_all()

    def test_a_project_by_its_id_and_ids_of_domains(self):
        self.expect_all(variables=self.cloud.variables(
            OS_USER_DOMAIN_NAME=None, OS_USER_DOMAIN_ID='default', OS_PROJECT_NAME=None,
            OS_PROJECT_DOMAIN_NAME=None, OS_PROJECT_ID=self.cloud.projects['admin']))

    def test_an_address_without_the_version(self):
        url = self.cloud.services.keystone_url
        for one in (url.removesuffix('/v3'), url + '/'):
            self.expect_all(variables=self.cloud.variables(OS_AUTH_URL=one))

    def test_a_password_and_the_system(self):
        self.expect_all(variables=self.cloud.variables(OS_SYSTEM_SCOPE='all', OS_PROJECT_NAME=None,
                                                       OS_PROJECT_DOMAIN_NAME=None))

    def test_a_password_and_a_domain(self):
        admin = self.cloud.admin
        admin.call('PUT', f'/domains/default/users/{admin.user_id}/roles/'
                   + admin.id_of('role', 'admin'))
        self.expect_all(variables=self.cloud.variables(
            OS_DOMAIN_NAME='Default', OS_PROJECT_NAME=None, OS_PROJECT_DOMAIN_NAME=None))

    def test_an_application_credential(self):
        self.expect_all(variables=self.credential(self.cloud.admin_credential))

    def test_an_application_credential_by_its_name(self):
        self.expect_all(variables=self.credential(
            self.cloud.admin_credential, OS_APPLICATION_CREDENTIAL_ID='',
            OS_APPLICATION_CREDENTIAL_NAME='pftrace', OS_USERNAME='admin',
            OS_USER_DOMAIN_NAME='Default'))

    def test_a_token_of_this_project(self):
        self.expect_all(variables={'OS_AUTH_URL': self.cloud.services.keystone_url,
                                   'OS_TOKEN': self.cloud.admin.token,
                                   'OS_PROJECT_ID': self.cloud.projects['admin']})

    def test_an_openrc_file(self):
        path = self.write('openrc', OPENRC.format(url=self.cloud.services.keystone_url,
                                                  password=PASSWORD))
        self.expect_all('--openrc', path, variables={})

    def test_clouds_yaml_and_secure_yaml(self):
        self.write('clouds.yaml', 'clouds:\n  lab:\n    region_name: RegionOne\n    auth:\n'
                   f'      auth_url: {self.cloud.services.keystone_url}\n      username: admin\n'
                   '      project_name: admin\n      user_domain_name: Default\n'
                   '      project_domain_name: Default\n    identity_api_version: 3\n')
        self.write('secure.yaml', f'clouds:\n  lab:\n    auth:\n      password: {PASSWORD}\n')
        self.expect_all('--cloud', 'lab', variables={})

    def test_a_user_who_may_only_look_gets_those_of_its_project(self):
        for variables in (self.reader(), self.credential(self.cloud.reader_credential)):
            code, rows, said = self.ask(variables=variables)
            self.assertEqual((code, rows), (0, self.cloud.rows('ops')))
            self.assertIn('(403)', said)
            self.assertIn('its own project', said)

    def test_another_project_is_another_list(self):
        code, rows, _ = self.ask(variables=self.cloud.variables(
            OS_USERNAME='idle', OS_PASSWORD=READER_PASSWORD, OS_PROJECT_NAME='web'))
        self.assertEqual((code, rows), (0, self.cloud.rows('web')))

    def test_one_compute_node(self):
        code, rows, said = self.ask('--host', 'node-1')
        self.assertEqual((code, said, rows), (0, '', self.cloud.rows(host='node-1')))


class WhoIsNotTaken(Asking):
    def test_a_wrong_password_user_project_or_secret(self):
        for wrong in ({'OS_PASSWORD': 'not that'}, {'OS_USERNAME': 'nobody'},
                      {'OS_PROJECT_NAME': 'nowhere'}, {'OS_USER_DOMAIN_NAME': 'Nowhere'},
                      {'OS_USERNAME': 'looker', 'OS_PASSWORD': READER_PASSWORD}):
            self.refuse('(401)', variables=self.cloud.variables(**wrong))
        self.refuse('(401)', variables={
            'OS_AUTH_URL': self.cloud.services.keystone_url,
            'OS_APPLICATION_CREDENTIAL_ID': self.cloud.admin_credential['id'],
            'OS_APPLICATION_CREDENTIAL_SECRET': 'wrong'})

    def test_a_token_that_is_made_up_or_revoked(self):
        url = self.cloud.services.keystone_url
        self.refuse('does not know this token (404)', variables={'OS_AUTH_URL': url, 'OS_TOKEN': 'made-up'})
        identity = {'methods': ['token'], 'token': {'id': self.cloud.admin.token}}
        token = self.cloud.admin.new_token(identity, {'project': {
            'id': self.cloud.projects['admin']}})
        self.cloud.admin.revoke(token)
        self.refuse('does not know this token (404)', variables={'OS_AUTH_URL': url, 'OS_TOKEN': token})

    def test_a_token_of_no_scope_has_no_catalogue(self):
        self.refuse('no catalogue', 'OS_PROJECT_NAME', variables=self.cloud.variables(
            OS_PROJECT_NAME=None, OS_PROJECT_DOMAIN_NAME=None))

    def test_a_token_alone_becomes_one_of_no_scope(self):
        """Keystone does not take over the scope of the token that it is given."""
        self.refuse('no catalogue', 'OS_PROJECT_NAME', variables={
            'OS_AUTH_URL': self.cloud.services.keystone_url, 'OS_TOKEN': self.cloud.admin.token})

    def test_an_address_that_is_not_that_of_version_3(self):
        self.refuse('version 3', variables=self.cloud.variables(
            OS_AUTH_URL=self.cloud.services.keystone_url + '/nothing'))


if __name__ == '__main__':
    unittest.main()
