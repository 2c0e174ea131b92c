# SPDX-License-Identifier: Apache-2.0
"""pftrace-openstack against a cloud that is right, and against all that can be wrong with one."""
import csv
import io
import os
import resource
import shutil
import stat
import subprocess
import tempfile
import time
import unittest

from cloud import PASSWORD, SECRET, Cloud, instances

TOOL = os.environ.get('PFTRACE_OPENSTACK', os.path.join('build', 'pftrace-openstack'))
OPENRC = """#!/usr/bin/env bash
# as Horizon hands it out
export OS_AUTH_URL={url}
export OS_PROJECT_ID=4f2c
export OS_PROJECT_NAME='ops team'
export OS_USER_DOMAIN_NAME="Default"
if [ -z "$OS_USER_DOMAIN_NAME" ]; then unset OS_USER_DOMAIN_NAME; fi
unset OS_TENANT_ID
export OS_USERNAME="admin"
echo "Please enter your OpenStack Password: "
read -sr OS_PASSWORD_INPUT
export OS_PASSWORD={password}
export OS_REGION_NAME="RegionOne"
"""


class Result:
    def __init__(self, done):
        self.code = done.returncode
        self.out = done.stdout.decode()
        self.words = done.stderr.decode()

    def rows(self):
        return [tuple(row) for row in csv.reader(io.StringIO(self.out, newline=''), strict=True)]


class OpenstackTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix='pftrace-openstack-')
        self.addCleanup(folder.cleanup)
        self.folder = folder.name

    def cloud(self, *arguments, **options):
        cloud = Cloud(*arguments, **options)
        self.addCleanup(cloud.close)
        return cloud

    def path(self, name):
        return os.path.join(self.folder, name)

    def write(self, name, text):
        with open(self.path(name), 'w', encoding='utf-8') as file:
            file.write(text)
        return self.path(name)

    def variables(self, cloud, **more):
        known = {'OS_AUTH_URL': cloud.url, 'OS_USERNAME': 'admin', 'OS_PASSWORD': PASSWORD,
                 'OS_USER_DOMAIN_NAME': 'Default', 'OS_PROJECT_NAME': 'admin',
                 'OS_PROJECT_DOMAIN_NAME': 'Default'}
        known.update(more)
        return {name: value for name, value in known.items() if value is not None}

    def run_tool(self, *words, variables=None):
        environment = {'HOME': self.folder, 'PATH': os.environ['PATH'], **(variables or {})}
        # its own limit is for a cloud that does not answer, not for a machine that is busy
        done = Result(subprocess.run([TOOL, '--timeout', '60', *words], stdin=subprocess.DEVNULL,
                                     cwd=self.folder, capture_output=True, timeout=120, check=False,
                                     env=environment))
        for secret in (PASSWORD, SECRET, 'given-token'):
            self.assertNotIn(secret, done.words + done.out)
        return done

    def refuse(self, *words, variables=None, code=1, names=()):
        result = self.run_tool(*words, variables=variables)
        self.assertEqual((result.code, result.out), (code, ''), result.words)
        self.assertIn('pftrace-openstack: error: ', result.words)
        for name in names:
            self.assertIn(name, result.words)


class WhoAsks(OpenstackTest):
    def test_a_password_from_the_environment(self):
        servers = instances(3)
        cloud = self.cloud(servers)
        result = self.run_tool(variables=self.variables(cloud))
        self.assertEqual((result.code, result.words), (0, ''))
        self.assertEqual(result.rows(), servers)
        self.assertIn('"project":{"name":"admin","domain":{"name":"Default"}}',
                      cloud.questions[0][3])

    def test_an_application_credential(self):
        cloud = self.cloud(instances(1))
        result = self.run_tool(variables={
            'OS_AUTH_URL': cloud.url + '/v3/', 'OS_AUTH_TYPE': 'v3applicationcredential',
            'OS_APPLICATION_CREDENTIAL_ID': 'app-1', 'OS_APPLICATION_CREDENTIAL_SECRET': SECRET,
            'OS_PROJECT_NAME': 'left over', 'OS_PROJECT_DOMAIN_NAME': 'Default'})
        self.assertEqual((result.code, result.words), (0, ''))
        self.assertNotIn('scope', cloud.questions[0][3])

    def test_a_token_that_is_given(self):
        cloud = self.cloud(instances(1))
        result = self.run_tool(variables={'OS_AUTH_URL': cloud.url, 'OS_TOKEN': 'given-token',
                                          'OS_PROJECT_ID': '4f2c'})
        self.assertEqual((result.code, result.words), (0, ''))

    def test_a_token_that_is_over(self):
        cloud = self.cloud()
        self.refuse(variables={'OS_AUTH_URL': cloud.url, 'OS_TOKEN': 'old', 'OS_PROJECT_ID': '4f2c'},
                    names=('does not know this token (404)',))

    def test_scopes_of_the_system_and_of_a_domain(self):
        cloud = self.cloud(instances(1))
        for variable, scope in (('OS_SYSTEM_SCOPE', '"scope":{"system":{"all":true}}'),
                                ('OS_DOMAIN_NAME', '"scope":{"domain":{"name":"all"}}')):
            self.run_tool(variables=self.variables(cloud, OS_PROJECT_NAME=None, **{variable: 'all'}))
            question, = [body for method, _, _, body in cloud.questions if method == 'POST']
            self.assertIn(scope, question)
            cloud.questions.clear()

    def test_an_openrc_file_is_read_and_not_executed(self):
        servers = instances(2)
        cloud = self.cloud(servers)
        text = OPENRC.format(url=cloud.url, password=f"'{PASSWORD}'")
        path = self.write('openrc', text + f'touch {self.path("executed")}\n')
        result = self.run_tool('--openrc', path)
        self.assertEqual((result.code, result.words), (0, ''))
        self.assertEqual(result.rows(), servers)
        self.assertFalse(os.path.exists(self.path('executed')))

    def test_a_password_that_an_openrc_file_would_ask_for(self):
        cloud = self.cloud(instances(1))
        path = self.write('openrc', OPENRC.format(url=cloud.url, password='$OS_PASSWORD_INPUT'))
        self.refuse('--openrc', path, names=('line 12: OS_PASSWORD is computed', 'OS_PASSWORD is not set'))
        result = self.run_tool('--openrc', path, variables={'OS_PASSWORD': PASSWORD})
        self.assertEqual(result.code, 0, result.words)

    def test_clouds_yaml_and_secure_yaml(self):
        servers = instances(2)
        cloud = self.cloud(servers)
        self.write('clouds.yaml', 'clouds:\n  other: {}\n  mine:\n    region_name: RegionOne\n'
                   f'    interface: internal\n    auth:\n      auth_url: {cloud.url}\n'
                   '      username: admin\n      user_domain_id: default\n'
                   '      project_name: admin\n      project_domain_id: default\n')
        self.write('secure.yaml', f'clouds:\n  mine:\n    auth:\n      password: {PASSWORD}\n')
        for words, variables in ((('--cloud', 'mine'), {}), ((), {'OS_CLOUD': 'mine'})):
            result = self.run_tool(*words, variables=variables)
            self.assertEqual((result.code, result.words), (0, ''))
            self.assertEqual(result.rows(), servers)

    def test_files_that_are_wrong(self):
        self.write('clouds.yaml', 'clouds:\n  mine: {}\n')
        self.refuse('--cloud', 'yours', names=('clouds.yaml', 'yours'))
        bad = self.write('bad.yaml', 'clouds: [\n')
        self.refuse('--cloud', 'x', '--clouds-file', bad, names=('bad.yaml', 'line 2'))
        self.refuse('--openrc', 'none', names=("'none'", 'No such file'))
        os.remove(self.path('clouds.yaml'))
        self.refuse('--cloud', 'mine', names=('--clouds-file',))

    def test_settings_that_are_missing(self):
        cloud = self.cloud()
        for variable in ('OS_AUTH_URL', 'OS_USERNAME', 'OS_PASSWORD', 'OS_USER_DOMAIN_NAME',
                         'OS_PROJECT_DOMAIN_NAME'):
            self.refuse(variables=self.variables(cloud, **{variable: None}),
                        names=(variable + ' is not set',))
        self.refuse(variables=self.variables(cloud, OS_AUTH_TYPE='v3kerberos'),
                    names=('v3kerberos',))
        self.assertEqual(cloud.questions, [])


class WhatIsListed(OpenstackTest):
    def test_thousands_of_instances_page_by_page(self):
        servers = instances(4321)
        cloud = self.cloud(servers)
        cloud.page = 500
        result = self.run_tool(variables=self.variables(cloud))
        self.assertEqual((result.code, result.words), (0, ''))
        self.assertEqual(result.rows(), servers)
        self.assertEqual(cloud.pages, 9)

    def test_a_token_that_ends_in_the_middle(self):
        servers = instances(50)
        cloud = self.cloud(servers)
        cloud.page, cloud.uses_of_token = 10, 2
        result = self.run_tool(variables=self.variables(cloud))
        self.assertEqual((result.code, result.words), (0, ''))
        self.assertEqual(result.rows(), servers)
        self.assertEqual(len(cloud.tokens), 3)

    def test_tokens_that_are_never_taken(self):
        cloud = self.cloud(instances(1))
        cloud.uses_of_token = 0
        self.refuse(variables=self.variables(cloud), names=('401',))
        self.assertLess(len(cloud.questions), 20)

    def test_a_user_who_may_not_list_all_tenants(self):
        servers = instances(5)
        cloud = self.cloud(servers)
        cloud.all_tenants, cloud.own = False, 2
        result = self.run_tool(variables=self.variables(cloud))
        self.assertEqual(result.code, 0)
        self.assertEqual(result.rows(), servers[:2])
        self.assertIn('its own project', result.words)

    def test_one_compute_node(self):
        cloud = self.cloud(instances(1))
        self.run_tool('--host', 'node 1', variables=self.variables(cloud))
        self.assertIn('host=node%201', cloud.questions[1][1])

    def test_a_cell_that_is_down(self):
        servers = instances(3)
        cloud = self.cloud(servers)
        variables = self.variables(cloud)
        cloud.down = {servers[1][0]}
        result = self.run_tool(variables=variables)
        self.assertEqual((result.code, result.rows()), (3, [servers[0], servers[2]]))
        self.assertIn('1 instances have no name', result.words)
        cloud.down = set()
        self.run_tool(variables=variables)
        cloud.down = {servers[1][0]}
        result = self.run_tool(variables=variables)
        self.assertEqual((result.code, result.rows()), (3, servers))
        self.assertIn('a cell of the cloud is down: 1 names', result.words)

    def test_a_cell_that_is_down_where_nova_keeps_silent_about_it(self):
        """With a filter, and from the second page on, its instances are not listed at all."""
        servers = instances(40)
        for words, page in ((('--host', 'node-1'), 1000), ((), 15)):
            cloud = self.cloud(servers)
            cloud.page = page
            self.assertEqual(self.run_tool(*words, variables=self.variables(cloud)).code, 0)
            cloud.down = {one for one, _ in servers[20:]}
            cloud.servers.remove(servers[20])  # was deleted since
            for _ in range(2):  # and what was known is not forgotten
                result = self.run_tool(*words, variables=self.variables(cloud))
                self.assertEqual((result.code, sorted(result.rows())), (3, sorted(servers)))
                self.assertIn('a cell of the cloud is down: 20 names', result.words)
            cloud.down = set()
            result = self.run_tool(*words, variables=self.variables(cloud))
            self.assertEqual((result.code, result.rows()), (0, servers[:20] + servers[21:]))

    def test_instances_that_were_deleted_are_not_asked_after_for_long(self):
        servers = instances(500)
        cloud = self.cloud(servers)
        self.run_tool('--host', 'node-1', variables=self.variables(cloud))
        cloud.servers = servers[:10]
        result = self.run_tool('--host', 'node-1', variables=self.variables(cloud))
        self.assertEqual((result.code, result.words, result.rows()), (0, '', servers[:10]))
        self.assertEqual(cloud.looks, 8)

    def test_an_older_nova(self):
        servers = instances(2)
        cloud = self.cloud(servers)
        cloud.microversions = False
        result = self.run_tool(variables=self.variables(cloud))
        self.assertEqual((result.code, result.rows()), (0, servers))
        self.assertIn('2.69', result.words)

    def test_no_instances_at_all(self):
        result = self.run_tool(variables=self.variables(self.cloud()))
        self.assertEqual((result.code, result.out, result.words), (0, '', ''))

    def test_names_that_are_hostile(self):
        servers = [(instances(2)[0][0], 'a,"b"'), (instances(2)[1][0], 'x\x1b[2J\ny')]
        result = self.run_tool(variables=self.variables(self.cloud(servers)))
        self.assertEqual([name for _, name in result.rows()], ['a,"b"', 'x?[2J?y'])


class Endpoints(OpenstackTest):
    def test_interface_and_region(self):
        cloud = self.cloud(instances(1))
        cloud.endpoints = [('public', 'RegionOne'), ('admin', 'RegionTwo')]
        for words in (('--interface', 'adminURL'), ('--region', 'RegionOne')):
            self.assertEqual(self.run_tool(*words, variables=self.variables(cloud)).code, 0)
        self.refuse('--region', 'RegionTwo', variables=self.variables(cloud),
                    names=("'public'", "'RegionTwo'", 'admin in RegionTwo'))

    def test_no_compute_in_the_catalogue(self):
        cloud = self.cloud()
        cloud.endpoints = []
        self.refuse(variables=self.variables(cloud), names=('no compute endpoint',))

    def test_a_token_without_a_scope(self):
        cloud = self.cloud()
        cloud.scoped = False
        self.refuse(variables=self.variables(cloud, OS_PROJECT_NAME=None),
                    names=('no catalogue', 'OS_PROJECT_NAME'))

    def test_an_endpoint_that_leads_nowhere(self):
        cloud = self.cloud(instances(1))
        cloud.catalogue = lambda: [{'type': 'compute', 'endpoints': [
            {'interface': 'public', 'region': 'R', 'url': 'http://127.0.0.1:9/v2.1'}]}]
        self.refuse(variables=self.variables(cloud), names=('http://127.0.0.1:9/v2.1',))


class WrongAnswers(OpenstackTest):
    def test_credentials_that_are_wrong_do_not_come_back_in_words(self):
        cloud = self.cloud()
        self.refuse(variables=self.variables(cloud, OS_PASSWORD='not that'), names=('(401)',))
        self.assertNotIn('not that', self.run_tool(
            variables=self.variables(cloud, OS_PASSWORD='not that')).words)

    def test_keystone(self):
        for answer, name in (((500, {}), '500'), ((201, b'<html>'), 'no JSON'),
                             ((201, {}), 'no token'), ((400, {}), 'version 3'),
                             ((300, {'versions': []}), '300'), ((201, b''), 'no JSON')):
            cloud = self.cloud()
            cloud.keystone = answer
            self.refuse(variables=self.variables(cloud), names=('Keystone', name))

    def test_nova(self):
        for answer, name in (((500, {}), '500'), ((503, b'busy'), '503'), ((200, b'<html>'), 'no JSON'),
                             ((200, {'servers': 7}), 'no list'), ((404, {}), '404')):
            cloud = self.cloud(instances(1))
            cloud.nova = {1: answer}
            self.refuse(variables=self.variables(cloud), names=('Nova', name))

    def test_a_page_that_comes_again_and_again(self):
        servers = instances(4)
        cloud = self.cloud(servers)
        cloud.list = lambda query, headers: (
            200, {'servers': [], 'servers_links': [{'rel': 'next', 'href': 'x'}]}, {})
        self.assertIn('the same page again', self.run_tool(variables=self.variables(cloud)).words)

    def test_a_slow_cloud_costs_no_more_than_the_time_limit(self):
        cloud = self.cloud(instances(1))
        cloud.slow_s = 60
        began = time.monotonic()
        self.refuse('--timeout', '0.5', variables=self.variables(cloud), names=('in time',))
        self.assertLess(time.monotonic() - began, 55)

    def test_a_redirection_is_not_followed(self):
        cloud = self.cloud(instances(1))
        cloud.authenticate = lambda question: (307, {}, {'Location': cloud.url + '/elsewhere'})
        self.refuse(variables=self.variables(cloud), names=('307',))
        self.assertEqual(len(cloud.questions), 1)


class TheLastAnswer(OpenstackTest):
    def test_is_used_when_the_cloud_does_not_answer_and_said_to_be_old(self):
        servers = instances(3)
        cloud = self.cloud(servers)
        variables = self.variables(cloud)
        self.assertEqual(self.run_tool(variables=variables).code, 0)
        kept, = os.listdir(self.path('.cache/pftrace'))
        mode = os.stat(self.path('.cache/pftrace/' + kept)).st_mode
        self.assertEqual(stat.S_IMODE(mode), 0o600)
        cloud.keystone = (503, {})
        result = self.run_tool(variables=variables)
        self.assertEqual((result.code, result.rows()), (3, servers))
        self.assertIn('3 names are those of its last answer', result.words.splitlines()[-1])
        with open(self.path('.cache/pftrace/' + kept), encoding='utf-8') as file:
            self.assertNotIn(PASSWORD, file.read())

    def test_completes_a_listing_that_broke_off_while_a_cell_is_down(self):
        servers = instances(30)
        cloud = self.cloud(servers)
        cloud.page = 10
        self.run_tool(variables=self.variables(cloud))
        cloud.down, cloud.nova = {servers[3][0]}, {cloud.pages + 2: (500, {})}
        result = self.run_tool(variables=self.variables(cloud))
        self.assertEqual((result.code, sorted(result.rows())), (3, sorted(servers)))
        self.assertIn('21 names', result.words)

    def test_completes_a_listing_that_broke_off(self):
        servers = instances(30)
        cloud = self.cloud(servers)
        cloud.page = 10
        variables = self.variables(cloud)
        self.run_tool(variables=variables)
        cloud.nova = {cloud.pages + 2: (500, {})}
        result = self.run_tool(variables=variables)
        self.assertEqual((result.code, sorted(result.rows())), (3, sorted(servers)))
        self.assertIn('20 names', result.words)

    def test_is_not_used_for_credentials_that_are_not_taken(self):
        cloud = self.cloud(instances(1))
        self.run_tool(variables=self.variables(cloud))
        self.refuse(variables=self.variables(cloud, OS_PASSWORD='other'), names=('401',))

    def test_of_another_user_is_another_one(self):
        cloud = self.cloud(instances(1))
        self.run_tool(variables=self.variables(cloud))
        cloud.keystone = (500, {})
        self.refuse(variables=self.variables(cloud, OS_USERNAME='else'), names=('500',))

    def test_is_kept_where_and_if_it_is_said(self):
        cloud = self.cloud(instances(1))
        self.run_tool('--no-cache', variables=self.variables(cloud))
        self.assertFalse(os.path.exists(self.path('.cache')))
        self.run_tool('--cache', self.path('a/b.csv'), variables=self.variables(cloud))
        self.assertTrue(os.path.exists(self.path('a/b.csv')))


class Names(OpenstackTest):
    def test_role_and_group_out_of_a_name(self):
        servers = [(instances(3)[0][0], 'tenant-FULL-01-net__CSR__0'),
                   (instances(3)[1][0], 'something else')]
        result = self.run_tool('--pattern', 'FULL-([0-9]+).*__([A-Za-z]+)__', '--name', r'\2.\1',
                               variables=self.variables(self.cloud(servers)))
        self.assertEqual([name for _, name in result.rows()], ['CSR.01', 'something else'])

    def test_patterns_that_are_wrong(self):
        for words, names in ((('--pattern', '(', '--name', 'x'), ("'('",)),
                             (('--pattern', '(a)', '--name', r'\2'), (r'\2', '1 pairs')),
                             (('--pattern', '(a)', '--name', r'\x'), ('digit',)),
                             (('--pattern', 'a'), ('--name',)), (('--timeout', '0'), ("'0'",)),
                             (('x',), ("'x'",)), (('--cloud',), ('needs a value',)),
                             (('--password', 'x'), ('--password',))):
            self.refuse(*words, code=2, names=names)


class Secrets(OpenstackTest):
    def test_leave_no_core_dump_and_are_not_for_others_to_read(self):
        cloud = self.cloud(instances(1))
        cloud.slow_s = 60
        resource.setrlimit(resource.RLIMIT_CORE, (0, resource.RLIM_INFINITY))
        process = subprocess.Popen([TOOL, '--timeout', '60'], stdin=subprocess.DEVNULL,
                                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                                   env={'HOME': self.folder, **self.variables(cloud)})
        try:
            while not cloud.questions and process.poll() is None:
                time.sleep(0.02)
            with open(f'/proc/{process.pid}/limits', encoding='ascii') as file:
                core, = [line.split() for line in file if line.startswith('Max core')]
            self.assertEqual(core[4:6], ['0', '0'])
            with open(f'/proc/{process.pid}/cmdline', 'rb') as file:
                self.assertNotIn(PASSWORD.encode(), file.read())
            # what belongs to a process that may not be dumped belongs to root
            owner = os.stat(f'/proc/{process.pid}/mem').st_uid
            self.assertEqual(owner, 0)
        finally:
            process.kill()
            process.wait()

    @unittest.skipUnless(shutil.which('openssl'), 'no openssl, which makes a certificate')
    def test_go_to_a_server_that_is_verified_only(self):
        certificate = self.path('server.pem')
        subprocess.run(['openssl', 'req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2',
                        '-subj', '/CN=localhost', '-addext', 'subjectAltName=IP:127.0.0.1',
                        '-keyout', certificate, '-out', self.path('ca.pem')], check=True,
                       capture_output=True)
        with open(certificate, 'a', encoding='ascii') as file, \
                open(self.path('ca.pem'), encoding='ascii') as ca:
            file.write(ca.read())
        servers = instances(1)
        cloud = self.cloud(servers, certificate=certificate)
        variables = self.variables(cloud)
        self.refuse(variables=variables, names=('certificate',))
        self.assertEqual(cloud.questions, [])
        result = self.run_tool('--cacert', self.path('ca.pem'), variables=variables)
        self.assertEqual((result.code, result.rows()), (0, servers), result.words)
        result = self.run_tool(variables={**variables, 'OS_INSECURE': 'true'})
        self.assertEqual(result.rows(), servers)
        self.assertIn('OS_INSECURE', result.words)


if __name__ == '__main__':
    unittest.main()
