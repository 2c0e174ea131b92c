# SPDX-License-Identifier: Apache-2.0
"""One of the two cells is down: its database cannot be reached. Nova tells of it only at times."""
import unittest

from asking import Asking
from keystone_api import ask

DOWN = 'a cell of the cloud is down: {} names'


class CellDown(Asking):
    def setUp(self):
        super().setUp()
        self.gone = self.cloud.rows(host='node-2')
        self.left = self.cloud.rows(host='node-1')

    def down(self):
        return self.cloud.services.cell_down('cell2')

    def servers(self, query, **headers):
        """What Nova itself says."""
        status, _, body = ask('GET', f'{self.cloud.services.nova_url}/servers?{query}',
                              X_Auth_Token=self.cloud.admin.token, **headers)
        self.assertEqual(status, 200, body)
        return body['servers']

    def test_nova_tells_of_it_only_when_asked_without_limit_and_filter(self):
        new = {'OpenStack_API_Version': 'compute 2.69'}
        with self.down():
            told = self.servers('all_tenants=1', **new)
            self.assertEqual(sorted(one['id'] for one in told if 'name' not in one),
                             [one for one, _ in self.gone])
            for query in ('all_tenants=1&limit=1000', 'all_tenants=1&host=node-2'):
                self.assertEqual([one for one in self.servers(query, **new) if 'name' not in one], [])
            self.assertEqual(len(self.servers('all_tenants=1')), len(self.left))

    def test_without_a_last_answer_its_instances_have_no_name(self):
        with self.down():
            code, rows, said = self.ask()
        self.assertEqual((code, rows), (3, self.left))
        self.assertIn(f'{len(self.gone)} instances have no name', said)

    def test_names_are_those_of_the_last_answer(self):
        self.expect_all()
        with self.down():
            for _ in range(2):
                code, rows, said = self.ask()
                self.assertEqual((code, rows), (3, self.cloud.rows()))
                self.assertIn(DOWN.format(len(self.gone)), said)
        self.expect_all()

    def test_for_one_compute_node_too(self):
        self.ask('--host', 'node-2')
        with self.down():
            code, rows, said = self.ask('--host', 'node-2')
        self.assertEqual((code, rows), (3, self.gone))
        self.assertIn(DOWN.format(len(self.gone)), said)


class CellDownInPages(Asking):
    """As many instances as a page has are left: Nova's first page says nothing, the next ones cannot."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.left = cls.cloud.rows(host='node-1')
        cls.cloud.services.restart_nova(page=len(cls.left))

    @classmethod
    def tearDownClass(cls):
        cls.cloud.services.restart_nova()

    def test_names_are_those_of_the_last_answer(self):
        self.expect_all()
        with self.cloud.services.cell_down('cell2'):
            code, rows, said = self.ask()
        self.assertEqual((code, rows), (3, self.cloud.rows()))
        self.assertIn(DOWN.format(len(rows) - len(self.left)), said)

    def test_the_only_cell_with_instances(self):
        """A page then ends with an instance that Nova cannot go on behind."""
        variables = self.cloud.variables()
        self.expect_all()
        with self.cloud.services.cell_down('cell2'), self.cloud.services.cell_down('cell1'):
            code, rows, said = self.ask(variables=variables)
        self.assertEqual((code, rows), (3, self.cloud.rows()))
        self.assertIn('last answer', said)


if __name__ == '__main__':
    unittest.main()
