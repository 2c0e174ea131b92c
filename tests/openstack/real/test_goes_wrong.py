# SPDX-License-Identifier: Apache-2.0
"""Catalogues that lack something, tokens that end in the middle, services that are not there."""
import time
import unittest

from asking import Asking
from helpers import Proxy

PAGE = 5


class Catalogue(Asking):
    def endpoint(self, kind, region, url):
        self.addCleanup(self.cloud.remove_endpoint, self.cloud.make_endpoint(kind, region, url))

    def test_region_and_interface(self):
        for words in (('--region', 'RegionOne'), ('--interface', 'internal')):
            self.expect_all(*words)

    def test_an_interface_or_a_region_that_is_not_there(self):
        self.refuse("'admin'", 'public in RegionOne', words=('--interface', 'admin'))
        self.refuse("'RegionNine'", 'public in RegionOne', words=('--region', 'RegionNine'))

    def test_no_compute_service(self):
        path = f'/services/{self.cloud.compute}'
        self.cloud.admin.call('PATCH', path, {'service': {'enabled': False}})
        self.addCleanup(self.cloud.admin.call, 'PATCH', path, {'service': {'enabled': True}})
        self.refuse('no compute endpoint')

    def test_an_endpoint_that_leads_nowhere(self):
        self.endpoint('public', 'Nowhere', 'http://127.0.0.1:9/v2.1')
        self.refuse("Nova at 'http://127.0.0.1:9/v2.1'", words=('--region', 'Nowhere'))

    def test_an_endpoint_that_is_another_page(self):
        self.endpoint('public', 'Elsewhere', self.cloud.services.nova_url + '/nothing')
        self.refuse('404', words=('--region', 'Elsewhere'))

    def test_an_endpoint_of_keystone_instead(self):
        self.endpoint('public', 'Mixed', self.cloud.services.keystone_url)
        self.refuse('404', words=('--region', 'Mixed'))


class TokenEnds(Asking):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.cloud.services.restart_nova(page=PAGE)

    @classmethod
    def tearDownClass(cls):
        cls.cloud.services.restart_nova()

    def list_through(self, before):
        services = self.cloud.services
        proxy = Proxy(services.nova_url.removesuffix('/v2.1'), before)
        self.addCleanup(proxy.close)
        self.addCleanup(self.cloud.remove_endpoint,
                        self.cloud.make_endpoint('public', 'Between', proxy.url + '/v2.1'))
        self.expect_all('--region', 'Between')
        return [status for _, status in proxy.seen]

    def test_pages(self):
        seen = self.list_through(lambda number, token: None)
        self.assertEqual(seen, [200] * 3)

    def test_a_token_that_is_revoked_between_two_pages(self):
        def revoke(number, token):
            if number == 2:
                self.cloud.admin.revoke(token)

        seen = self.list_through(revoke)
        self.assertEqual(seen, [200, 401, 200, 200])

    def test_a_token_that_is_over_between_two_pages(self):
        self.cloud.services.restart_keystone(expiration_s=4)
        self.addCleanup(self.cloud.services.restart_keystone)
        seen = self.list_through(lambda number, token: time.sleep(6 if number == 2 else 0))
        self.assertEqual((seen[:2], seen.count(200)), ([200, 401], 3))  # another may end, too


class NotThere(Asking):
    def test_keystone_is_stopped(self):
        self.expect_all()
        self.cloud.services.stop('keystone')
        self.addCleanup(self.cloud.services.start_keystone)
        code, rows, said = self.ask()
        self.assertEqual((code, rows), (3, self.cloud.rows()))
        self.assertIn(f'the cloud does not answer: {len(rows)} names are those of its last answer',
                      said)
        self.refuse('Keystone', words=('--no-cache',))

    def test_nova_is_stopped(self):
        self.expect_all()
        self.cloud.services.stop('nova')
        self.addCleanup(self.cloud.services.start_nova)
        code, rows, said = self.ask()
        self.assertEqual((code, rows), (3, self.cloud.rows()))
        self.assertIn('last answer', said)


class Scopes(Asking):
    def test_a_nova_that_looks_at_scopes_refuses_a_token_of_the_system(self):
        """As Nova does by itself from 2023.1 on."""
        self.cloud.services.restart_nova(enforce_scope=True)
        self.addCleanup(self.cloud.services.restart_nova)
        self.expect_all()
        self.refuse('(403)', 'OS_PROJECT_NAME', variables=self.cloud.variables(
            OS_SYSTEM_SCOPE='all', OS_PROJECT_NAME=None, OS_PROJECT_DOMAIN_NAME=None))


if __name__ == '__main__':
    unittest.main()
