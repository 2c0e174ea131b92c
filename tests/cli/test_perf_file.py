# SPDX-License-Identifier: Apache-2.0
"""perf.data read without perf: the same as what perf script says of it."""
import os
import random
import shutil
import signal
import subprocess
import unittest
from unittest import mock

import perf_file
from command import PFTRACE, CommandTest
from test_import import event, switch

US = 1000
FIRST_NS = 100_000_000_000
STATES = {'S': 1, 'D': 2, 'R': 0, 'R+': 0x100, 'I': 0x80, 'Z': 0x20}


def made_up(seed, count):
    """(records by core, lines in the order of time): two cores, a few tasks."""
    draw = random.Random(seed)
    running = [('swapper/0', 0), ('swapper/1', 0)]
    waiting = [(f'task {i}', 20 + i) for i in range(6)]
    records, lines = ([], []), []
    at_ns = FIRST_NS
    for i in range(count):
        core = draw.randrange(2)
        who = running[core]
        kind = draw.randrange(10) if i else 9
        if kind == 0:
            records[core].append((at_ns, perf_file.sample(at_ns, core, who[1], 'sched_wakeup',
                                                          waiting[0][0], waiting[0][1], 120)))
            lines.append(event(at_ns / 1e9, core, who, 'sched_wakeup',
                               f'comm={waiting[0][0]} pid={waiting[0][1]} prio=120'))
        elif kind == 1:
            records[core].append((at_ns, perf_file.sample(
                at_ns, core, who[1], 'sched_stat_runtime', who[0], who[1], 0, 777)))
            lines.append(event(at_ns / 1e9, core, who, 'sched_stat_runtime',
                               f'comm={who[0]} pid={who[1]} runtime=777 [ns]'))
        elif kind == 2:
            records[core].append((at_ns, perf_file.sample(at_ns, core, who[1], 'sched_wait_task',
                                                          who[0], who[1])))
            lines.append(event(at_ns / 1e9, core, who, 'sched_wait_task', f'comm={who[0]}'))
        elif kind == 3:
            child = ('child', 1000 + i)
            waiting.append(child)
            records[core].append((at_ns, perf_file.sample(
                at_ns, core, who[1], 'sched_process_fork', 8 << 16 | 24, who[1], 6 << 16 | 32,
                child[1], 'parent', child[0])))
            lines.append(event(at_ns / 1e9, core, who, 'sched_process_fork',
                               f'comm=parent pid={who[1]} child_comm=child child_pid={child[1]}'))
        elif kind == 4 and i % 50 == 0:
            records[core].append((at_ns, perf_file.lost(at_ns, core, 5)))
            lines.append(f'swapper 0/0 [{core:03}] {at_ns / 1e9:.9f}: PERF_RECORD_LOST lost 5')
        else:
            following = waiting.pop(draw.randrange(len(waiting))) if draw.randrange(3) else \
                (f'swapper/{core}', 0)
            if following[1] == who[1]:
                continue
            state = draw.choice(list(STATES))
            records[core].append((at_ns, perf_file.sample(
                at_ns, core, who[1], 'sched_switch', who[0], who[1], STATES[state], following[0],
                following[1], 120)))
            lines.append(switch(at_ns / 1e9, core, who, state, following))
            if who[1]:
                waiting.append(who)
            running[core] = following
        at_ns += draw.randrange(1, 200) * US
    return records, lines


class PerfFileTest(CommandTest):
    def write(self, content, name):
        with open(self.path(name), 'wb') as file:
            file.write(content)
        return self.path(name)

    def tables(self, source, out):
        result = self.run_pftrace('import', '--detail', '--out', self.path(out), source)
        self.assertIn(result.code, (0, 3), result.words)
        words = [line.replace(source, 'SOURCE').replace(self.path(out), 'OUT')
                 for line in result.words if ' tasks from a ' not in line]
        return [result.code, words] + [
            self.run_pftrace('export', '--table', table, self.path(out)).out
            for table in ('tasks', 'samples', 'cells', 'switches', 'successors', 'losses')]

    def perf_data(self, records, then=(), **how):
        last_ns = max(at_ns for core in records for at_ns, _ in core)
        merged = sorted((entry for core in records for entry in core), key=lambda entry: entry[0])
        return perf_file.perf_data([*(bytes_of for _, bytes_of in merged), *then], FIRST_NS,
                                   last_ns, **how)

    def test_the_same_as_the_text(self):
        for seed in range(3):
            records, lines = made_up(seed, 3000)
            header = '# hostname : box\n# os release : 6.18.1\n# arch : x86_64\n' \
                '# nrcpus online : 2\n'
            wanted = self.tables(self.write((header + '\n'.join(lines) + '\n').encode(), 'text'),
                                 'text.cdict')
            found = self.tables(self.write(self.perf_data(records), 'perf.data'),
                                'perf.cdict')
            self.assertEqual(found, wanted, seed)
            for table in wanted[2:]:
                self.assertGreater(len(table.splitlines()), 5)

    def test_rounds_are_put_in_order(self):
        records, _ = made_up(7, 4000)
        whole = self.tables(self.write(self.perf_data(records), 'perf.data'), 'one.cdict')
        last_ns = max(at_ns for core in records for at_ns, _ in core)
        cut_ns = [FIRST_NS + part * (last_ns - FIRST_NS) // 20 for part in range(21)] + [last_ns + 1]
        pieces = []
        for begin, end in zip([0] + cut_ns, cut_ns):
            for core in records:
                pieces += [bytes_of for at_ns, bytes_of in core if begin <= at_ns < end]
            pieces.append(perf_file.ROUND)
        rounds = self.write(perf_file.perf_data(pieces, FIRST_NS, last_ns), 'rounds.data')
        self.assertEqual(self.tables(rounds, 'rounds.cdict')[2:], whole[2:])

    def test_no_perf_is_needed(self):
        records, _ = made_up(1, 100)
        path = self.write(self.perf_data(records), 'perf.data')
        with mock.patch.dict(os.environ, PATH='/nowhere'):
            self.assertIn(self.run_pftrace('stats', path).code, (0, 3))

    def test_damage_is_told(self):
        records, _ = made_up(1, 200)
        whole = self.perf_data(records)
        for length in (6, 0xffff):
            broken = bytearray(whole)
            first = 104 + 2 * 144
            broken[first + 6:first + 8] = length.to_bytes(2, 'little')
            result = self.run_pftrace('import', '--out', self.path(),
                                      self.write(bytes(broken), 'broken.data'))
            self.assertEqual((result.code, len(result.words)), (1, 1), result.words)
            self.assertIn('damaged', result.words[0])
        draw = random.Random(3)
        for _ in range(30):  # whatever it says, it says it in order
            broken = bytearray(whole)
            for _ in range(draw.randrange(1, 8)):
                broken[draw.randrange(104, len(broken))] = draw.randrange(256)
            result = self.run_pftrace('import', '--quiet', '--out', self.path('junk.cdict'),
                                      self.write(bytes(broken), 'junk.data'))
            self.assertIn(result.code, (0, 1, 3), result.words)

    def test_a_file_that_is_cut_is_told(self):
        if not shutil.which('perf'):
            self.skipTest('no perf')
        records, _ = made_up(1, 200)
        whole = self.perf_data(records)
        least = 104 + 2 * 144 + sum(len(bytes_of) for core in records for _, bytes_of in core) \
            + 6 * 16
        for length, wanted in ((50, 104), (104, least), (3000, least), (least - 1, least)):
            path = self.write(whole[:length], 'cut.data')
            result = self.run_pftrace('stats', path)
            self.assertEqual((result.code, len(result.words)), (1, 1), result.words)
            for word in (f"'{path}' is cut", f'{length} bytes', f'{wanted} at least'):
                self.assertIn(word, result.words[0])

    def test_a_file_that_was_not_finished_is_told(self):
        if not shutil.which('perf'):
            self.skipTest('no perf')
        records, _ = made_up(1, 200)
        content = bytearray(self.perf_data(records))
        content[48:56] = bytes(8)  # the size of its records
        result = self.run_pftrace('stats', self.write(content, 'begun.data'))
        self.assertEqual((result.code, len(result.words)), (1, 1), result.words)
        self.assertIn('not finished', result.words[0])

    def test_what_perf_says_has_no_hint_at_its_own_options(self):
        if not shutil.which('perf'):
            self.skipTest('no perf')
        result = self.run_pftrace('stats', self.write(b'2ELIFREP' + bytes(200), 'swapped.data'))
        self.assertEqual((result.code, len(result.words)), (1, 1), result.words)
        self.assertIn('perf could not read it: ', result.words[0])
        self.assertNotIn('-v', result.words[0])

    def stopped_import(self, path):
        """One that has begun to write. Where we come too late, as it is done, there is another."""
        part = self.path() + '.part'
        for _ in range(20):
            process = subprocess.Popen([PFTRACE, 'import', '--out', self.path(), path],
                                       stdin=subprocess.DEVNULL, stderr=subprocess.PIPE)
            while not os.path.exists(part) and process.poll() is None:
                pass
            process.send_signal(signal.SIGSTOP)
            if os.path.exists(part):
                return process
            process.send_signal(signal.SIGCONT)
            process.communicate(timeout=60)
        return self.fail('the import could not be stopped in time')

    def test_a_file_that_becomes_shorter_is_told(self):
        records, _ = made_up(1, 100)
        rounds = [perf_file.ROUND * (256 << 17)]  # it takes a while
        path = self.write(self.perf_data(records, then=rounds), 'perf.data')
        process = self.stopped_import(path)
        os.truncate(path, 4096)
        process.send_signal(signal.SIGCONT)
        words = process.communicate(timeout=60)[1].decode().splitlines()
        self.assertEqual((process.returncode, len(words)), (1, 1), words)
        self.assertIn('became shorter', words[0])

    def test_what_is_older_is_left_to_perf_script(self):
        records, _ = made_up(1, 100)
        path = self.write(self.perf_data(records, release='3.10.0'), 'old.data')
        with mock.patch.dict(os.environ, PATH='/nowhere'):
            result = self.run_pftrace('stats', path)
        self.assertEqual(result.code, 1)
        self.assertIn('perf', result.words[0])
        self.assertIn('not installed', result.words[0])


if __name__ == '__main__':
    unittest.main()
